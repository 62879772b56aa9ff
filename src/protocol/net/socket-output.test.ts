import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { MemorySocket } from '../../../test/helpers/memory-socket.ts';
import { takeReadBuffer } from './read-buffer.ts';
import { SocketOutput } from './socket-output.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function setUp(): { socket: MemorySocket; output: SocketOutput; told: string[] } {
  const socket = new MemorySocket();
  const told: string[] = [];
  const output = new SocketOutput(socket.asDuplex, {
    onBlocked: () => told.push('blocked'),
    onWritable: () => told.push('writable'),
  });
  return { socket, output, told };
}

const text = (output: SocketOutput, words: string): void => output.copy(Buffer.from(words));

describe('SocketOutput', () => {
  it('writes what comes in one turn at its end, at once', async () => {
    const { socket, output } = setUp();
    text(output, 'one ');
    text(output, 'two');
    assert.equal(socket.writes, 0);
    await turn();
    assert.deepEqual([socket.writes, socket.written.toString()], [1, 'one two']);
    assert.ok(output.hasWritten);
  });

  it('lets octets be changed as long as they wait', async () => {
    const { socket, output } = setUp();
    text(output, 'abc');
    const { generation } = output;
    output.block[1] = 0x58;
    await turn();
    assert.equal(socket.written.toString(), 'aXc');
    assert.notEqual(output.generation, generation);
  });

  it('writes a piece as it is, behind what waits', () => {
    const { socket, output } = setUp();
    text(output, 'head');
    output.writeThrough(Buffer.from(' piece'));
    assert.deepEqual([socket.writes, socket.written.toString()], [2, 'head piece']);
  });

  it('gives a lent piece back once it is written', async () => {
    const { output } = setUp();
    const buffer = takeReadBuffer();
    const piece = buffer.lend(buffer.bytes.subarray(0, 20_000));
    output.writeThrough(piece, piece);
    assert.ok(buffer.isLent);
    await turn();
    assert.ok(!buffer.isLent);
  });

  it('gives a lent piece back once it is copied', () => {
    const { output } = setUp();
    const buffer = takeReadBuffer();
    output.copy(buffer.lend(buffer.bytes.subarray(0, 10_000)));
    assert.ok(!buffer.isLent);
  });

  it('holds everything back while the socket is full', async () => {
    const { socket, output, told } = setUp();
    socket.fill();
    text(output, 'a');
    await turn();
    text(output, 'b'.repeat(50_000));
    text(output, 'c');
    await turn();
    assert.deepEqual([socket.written.toString(), output.position, told], ['a', 50_001, ['blocked']]);
    socket.empty();
    assert.equal(socket.written.length, 50_002);
    assert.deepEqual(told, ['blocked', 'writable']);
  });

  it('hands over what waits when it is told to, full or not', async () => {
    const { socket, output } = setUp();
    socket.fill();
    text(output, 'a');
    await turn();
    text(output, 'b');
    output.flush();
    assert.equal(socket.written.toString(), 'ab');
  });

  it('writes nothing to a socket that is ended', async () => {
    const { socket, output } = setUp();
    socket.end();
    text(output, 'a');
    await turn();
    assert.equal(socket.writes, 0);
  });

  it('brings everything over in its order, though its blocks are used again', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    let wasBlocked = false;
    let writable = Promise.withResolvers<void>();
    const output = new SocketOutput(socket, {
      onBlocked: () => (wasBlocked = true),
      onWritable: () => writable.resolve(),
    });
    client.pause();
    let sent = '';
    for (let i = 0; i < 2000; i++) {
      const piece = `${i},`.repeat(i % 7 === 0 ? 8000 : 50);
      sent += piece;
      if (i % 7 === 0) output.writeThrough(Buffer.from(piece));
      else text(output, piece);
      if (i % 5 === 0) await turn();
      while (output.isBlocked) {
        client.resume();
        await writable.promise;
        writable = Promise.withResolvers();
      }
    }
    output.flush();
    socket.end();
    await once(client, 'end');
    assert.ok(wasBlocked);
    assert.ok(Buffer.concat(received).toString() === sent);
    server.close();
  });
});
