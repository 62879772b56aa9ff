import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { takeReadBuffer } from '../net/read-buffer.ts';
import { HeldBody } from './held-body.ts';

function takeAll(held: HeldBody): Buffer[] {
  const pieces: Buffer[] = [];
  for (let piece = held.shift(); piece !== undefined; piece = held.shift()) pieces.push(piece);
  return pieces;
}

/** A piece of a larger chunk, as sockets give them. */
function pieceOf(chunkBytes: number, content: string): Buffer {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  chunk.write(content, 0, 'latin1');
  return chunk.subarray(0, content.length);
}

/** Octets of all buffers that are still held on to. */
function heldMemory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

describe('HeldBody', () => {
  it('gives back what it got, in order', () => {
    const held = new HeldBody();
    let all = '';
    for (let i = 0; i < 300; i++) {
      const content = `${i},`.repeat(1 + (i % 90));
      held.push(pieceOf(i % 3 === 0 ? content.length : 65_536, content));
      all += content;
    }
    assert.equal(held.bytes, all.length);
    assert.equal(Buffer.concat(takeAll(held)).toString('latin1'), all);
    assert.deepEqual([held.bytes, held.isEmpty], [0, true]);
  });

  it('keeps a piece that is most of its chunk as it is', () => {
    const held = new HeldBody();
    const piece = pieceOf(65_536, 'x'.repeat(16_384));
    held.push(piece);
    assert.equal(held.shift(), piece);
  });

  it('holds little more memory than octets, whatever the pieces were cut from', () => {
    const held = new HeldBody();
    for (let i = 0; i < 20_000; i++) held.push(pieceOf(1000, 'x'));
    const blocks = new Set(takeAll(held).map(({ buffer }) => buffer));
    const memory = [...blocks].reduce((sum, { byteLength }) => sum + byteLength, 0);
    assert.ok(memory <= 3 * 16_384, String(memory));
  });

  it('goes on when pieces are taken in between', () => {
    const held = new HeldBody();
    held.push(pieceOf(1000, 'a'));
    held.push(pieceOf(1000, 'b'));
    assert.equal(held.shift()?.toString(), 'ab');
    held.push(pieceOf(1000, 'c'));
    assert.equal(held.shift()?.toString(), 'c');
  });

  it('gives a lent piece back that it has copied', () => {
    const held = new HeldBody();
    const lender = takeReadBuffer();
    held.push(lender.lend(lender.bytes.subarray(0, 10_000)));
    assert.ok(!lender.isLent);
  });

  it('holds on to no piece that was taken, though there is always one that waits', () => {
    const held = new HeldBody();
    held.push(Buffer.allocUnsafeSlow(65_536));
    const before = heldMemory();
    for (let i = 0; i < 500; i++) {
      held.push(Buffer.allocUnsafeSlow(65_536));
      held.shift();
    }
    const grown = heldMemory() - before;
    assert.ok(grown < 8 * 1024 * 1024, `${grown} octets`);
  });
});
