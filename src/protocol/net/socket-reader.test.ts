import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { giveBack } from './read-buffer.ts';
import { readOctets, SocketReader } from './socket-reader.ts';

const sha256 = (pieces: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};

/** A socket that reads directly, connected to a server that does `serve`. */
async function open(t: TestContext, serve: (socket: Socket) => void): Promise<[Socket, SocketReader]> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = new SocketReader();
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', onread: reader.options });
  reader.attach(socket);
  t.after(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, 'connect');
  return [socket, reader];
}

describe('SocketReader', () => {
  const sent = randomBytes(4 * 1024 * 1024);

  for (const [name, expectsMuch] of [
    ['copied', false],
    ['lent', true],
  ] as const)
    it(`keeps pieces that are ${name} whole while more is read`, async (t) => {
      const [socket, reader] = await open(t, (peer) => peer.end(sent));
      const kept: Buffer[] = [];
      reader.expectMuch(expectsMuch);
      readOctets(socket, {
        receive: (chunk) => void kept.push(reader.keep(chunk, 0, 1), reader.keep(chunk, 1, chunk.length)),
      });
      await once(socket, 'end');
      assert.equal(sha256(kept), sha256([sent]));
    });

  it('reads into a buffer again once all its pieces were given back', async (t) => {
    const [socket, reader] = await open(t, (peer) => peer.end(sent));
    const buffers = new Set<ArrayBufferLike>();
    const hash = createHash('sha256');
    reader.expectMuch(true);
    readOctets(socket, {
      receive: (chunk) => {
        const piece = reader.keep(chunk, 0, chunk.length);
        if (piece.length > 16_384) buffers.add(piece.buffer);
        hash.update(piece);
        process.nextTick(giveBack, piece);
      },
    });
    await once(socket, 'end');
    assert.equal(hash.digest('hex'), sha256([sent]));
    assert.ok(buffers.size <= 3, `${buffers.size} buffers`);
  });

  it('reads into a buffer of its own only while much comes', () => {
    const reader = new SocketReader();
    const nextBuffer = reader.options.buffer as () => Uint8Array;
    reader.expectMuch(true);
    const sizes = [100, 16_384, 20_000, 100, 100].map((readBytes) => {
      reader.options.callback(readBytes, nextBuffer());
      return nextBuffer().length;
    });
    assert.deepEqual(sizes, [16_384, 131_072, 131_072, 16_384, 16_384]);
  });

  it('stops between reads while the socket is paused', async (t) => {
    const [socket, reader] = await open(t, (peer) => peer.end(sent));
    const kept: Buffer[] = [];
    let isPaused = false;
    readOctets(socket, {
      receive: (chunk) => {
        assert.equal(isPaused, false);
        kept.push(reader.keep(chunk, 0, chunk.length));
        isPaused = true;
        socket.pause();
        setImmediate(() => {
          isPaused = false;
          socket.resume();
        });
      },
    });
    await once(socket, 'end');
    assert.equal(sha256(kept), sha256([sent]));
  });

  it('hands over what came before anybody read', async (t) => {
    let peer: Socket | undefined;
    const [socket, reader] = await open(t, (accepted) => {
      peer = accepted;
      accepted.write('early');
    });
    while (socket.bytesRead < 5) await new Promise(setImmediate);
    const kept: Buffer[] = [];
    readOctets(socket, { receive: (chunk) => void kept.push(reader.keep(chunk, 0, chunk.length)) });
    peer?.end(' late');
    await once(socket, 'end');
    assert.equal(Buffer.concat(kept).toString(), 'early late');
  });

  it('leaves a socket paused that its receiver pauses at what came before', async (t) => {
    const [socket] = await open(t, (accepted) => accepted.write('early'));
    while (socket.bytesRead < 5) await new Promise(setImmediate);
    await new Promise<void>((resolve) => {
      readOctets(socket, {
        receive: () => {
          socket.pause();
          process.nextTick(resolve);
        },
      });
    });
    assert.ok(socket.isPaused());
  });

  it('reads a socket that was opened otherwise through its stream', async (t) => {
    const server = createServer((peer) => peer.end('text')).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const kept: Buffer[] = [];
    const input = readOctets(socket, {
      receive: (chunk) => void kept.push(input.keep(chunk, 0, chunk.length)),
    });
    await once(socket, 'end');
    assert.equal(Buffer.concat(kept).toString(), 'text');
  });

  for (const way of ['directly', 'through its stream'] as const)
    it(`lets one receiver follow another on a socket that is read ${way}`, async (t) => {
      let peer: Socket | undefined;
      const [direct] = await open(t, (accepted) => void (peer = accepted).write('first'));
      const socket = way === 'directly' ? direct : connect(direct.remotePort as number, '127.0.0.1');
      const next: string[] = [];
      await new Promise<void>((resolve) => {
        const input = readOctets(socket, {
          receive() {
            input.stop();
            readOctets(socket, { receive: (chunk) => void next.push(chunk.toString()) });
            resolve();
          },
        });
      });
      peer?.end('second');
      await once(socket, 'end');
      assert.deepEqual(next, ['second']);
    });
});
