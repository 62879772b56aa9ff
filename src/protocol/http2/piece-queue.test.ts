import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PieceQueue } from './piece-queue.ts';

describe('PieceQueue', () => {
  it('gives what it got, in order, however long it is never empty', () => {
    const queue = new PieceQueue<Buffer>();
    const taken: number[] = [];
    for (let i = 0; i < 1000; i++) {
      queue.push(Buffer.of(i & 255));
      if (i % 5 > 0) taken.push(queue.shift()?.[0] as number);
    }
    while (!queue.isEmpty) taken.push(queue.shift()?.[0] as number);
    assert.deepEqual(
      taken,
      Array.from({ length: 1000 }, (_, i) => i & 255),
    );
    assert.equal(queue.shift(), undefined);
  });

  it('replaces the last piece', () => {
    const queue = new PieceQueue<Buffer>();
    queue.push(Buffer.from('a'));
    queue.push(Buffer.from('b'));
    queue.replaceLast(Buffer.from('c'));
    assert.deepEqual([queue.first?.toString(), queue.last?.toString()], ['a', 'c']);
  });
});
