import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { adoptSocket } from './accepted-socket.ts';
import { readOctets, SocketReader } from './socket-reader.ts';

/** A server that adopts what it accepts, and a client that is connected to it. */
async function accept(t: TestContext, path?: string): Promise<[Socket, Socket, Server]> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path });
  await once(server, 'listening');
  const client =
    path === undefined ? connect((server.address() as AddressInfo).port, '127.0.0.1') : connect(path);
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const socket = adoptSocket(accepted);
  t.after(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return [client, socket, server];
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  readOctets(socket, { receive: (chunk) => void (text += chunk.toString('latin1')) });
  await once(socket, 'end');
  return text;
}

describe('adoptSocket', () => {
  it('reads an accepted TCP connection without a stream between', async (t) => {
    const [client, socket] = await accept(t);
    assert.ok(SocketReader.of(socket));
    client.end('octets');
    assert.equal(await readAll(socket), 'octets');
  });

  it('reads an accepted connection of a Unix socket without a stream between', async (t) => {
    const [client, socket] = await accept(t, join(tmpdir(), `gatehouse-adopt-${process.pid}`));
    assert.ok(SocketReader.of(socket));
    client.end('octets');
    assert.equal(await readAll(socket), 'octets');
  });

  it('writes, and keeps writing after the client has ended', async (t) => {
    const [client, socket] = await accept(t);
    client.end('request');
    await readAll(socket);
    socket.end('response');
    const [text] = (await once(client, 'data')) as [Buffer];
    assert.equal(text.toString(), 'response');
  });

  it('knows who is at the other end', async (t) => {
    const [client, socket] = await accept(t);
    assert.deepEqual([socket.remoteAddress, socket.remotePort], ['127.0.0.1', client.localPort]);
  });

  it('counts among the connections of its server until it is closed', async (t) => {
    const [, socket, server] = await accept(t);
    const count = (): Promise<number> =>
      new Promise((resolve) => server.getConnections((_error, connections) => resolve(connections)));
    assert.equal(await count(), 1);
    socket.destroy();
    await once(socket, 'close');
    assert.equal(await count(), 0);
  });

  it('tells a reset of the client', async (t) => {
    const [client, socket] = await accept(t);
    readOctets(socket, { receive: () => undefined });
    client.resetAndDestroy();
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
  });

  it('returns a socket that is kept in another way, to be read as a stream', async (t) => {
    const socket = new Socket();
    t.after(() => socket.destroy());
    socket.pause();
    assert.equal(adoptSocket(socket), socket);
    assert.equal(socket.isPaused(), false);
  });
});
