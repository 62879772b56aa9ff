import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import { requestHead } from '../../protocol/http/request-head.fixture.ts';
import { unknownLength } from '../../protocol/http/stream.ts';
import { DnsResolver } from '../../protocol/net/dns-resolver.ts';
import { noRetryPolicy } from './retry-policy.ts';
import type { Outcome } from './upstream.fixture.ts';
import {
  clusterConfig,
  openCluster,
  CallRecorder,
  response,
  send,
  settle,
  startRawServer,
  until,
} from './upstream.fixture.ts';

const ok = response(200, 'ok');
const retry = noRetryPolicy;

function failureOf(outcome: Outcome): string {
  assert.equal(outcome.kind, 'failed');
  return outcome.kind === 'failed' ? outcome.failure.reason : '';
}

describe('Cluster over HTTP/1.1', () => {
  it('sends the head as given and hands back the response', async () => {
    const seen: string[] = [];
    await using server = await startRawServer((socket, text) => {
      seen.push(text);
      socket.write(response(200, 'hello', 'x-a: 1\r\n'));
    });
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder, call } = send(cluster, { target: '/a?b', headers: ['x-q', 'v'] });
    await recorder.over.promise;
    assert.match(seen[0] ?? '', /^GET \/a\?b HTTP\/1\.1\r\nhost: backend\.example\r\nx-q: v\r\n/i);
    assert.deepEqual(recorder.head, { status: 200, headers: ['x-a', '1'], bodyLength: 5 });
    assert.equal(recorder.body, 'hello');
    assert.equal(call.host, `127.0.0.1:${server.port}`);
    assert.equal(call.attempts, 1);
    assert.equal(cluster.activeRequests, 0);
    cluster.destroy();
  });

  it('sends a body that comes before the connection is there', async () => {
    let received = '';
    await using server = await startRawServer((socket, text) => {
      received += text;
      if (received.endsWith('body')) socket.write(ok);
    });
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder } = send(cluster, { method: 'POST' }, { body: 'the body' });
    await recorder.over.promise;
    assert.match(received, /content-length: 8\r\n/);
    assert.ok(received.endsWith('\r\n\r\nthe body'));
    cluster.destroy();
  });

  it('uses idle connections again, the one used last first', async () => {
    const users: Socket[] = [];
    await using server = await startRawServer((socket) => {
      users.push(socket);
      socket.write(ok);
    });
    const cluster = openCluster(clusterConfig(server.port));
    const both = [send(cluster), send(cluster)];
    await Promise.all(both.map(({ recorder }) => recorder.over.promise));
    await settle();
    assert.equal(cluster.stats.idle, 2);
    for (let i = 0; i < 4; i++) {
      await send(cluster).recorder.over.promise;
      await settle();
    }
    assert.equal(server.sockets.length, 2);
    assert.equal(new Set(users.slice(2)).size, 1);
    cluster.destroy();
  });

  it('closes a connection that nobody used for the idle time', async () => {
    const clock = new ManualClock();
    await using server = await startRawServer((socket) => socket.write(ok));
    const cluster = openCluster(clusterConfig(server.port), { idleTimeoutMs: 60_000 }, { clock });
    for (let i = 0; i < 2; i++) {
      await send(cluster).recorder.over.promise;
      await settle();
      clock.advance(40_000);
    }
    assert.equal(cluster.stats.idle, 1);
    clock.advance(30_000);
    assert.equal(cluster.stats.connections, 0);
    cluster.destroy();
  });

  it('does not reuse a connection that the backend closes', async () => {
    await using server = await startRawServer((socket) =>
      socket.write(response(200, 'x', 'connection: close\r\n')),
    );
    const cluster = openCluster(clusterConfig(server.port));
    await send(cluster).recorder.over.promise;
    await send(cluster).recorder.over.promise;
    assert.equal(server.sockets.length, 2);
    cluster.destroy();
  });

  it('lets requests wait when all connections are busy', async () => {
    const waiting: Socket[] = [];
    await using server = await startRawServer((socket) => waiting.push(socket));
    const cluster = openCluster(clusterConfig(server.port), { maxConnections: 1 });
    const [first, second] = [send(cluster), send(cluster)];
    await until(() => waiting.length === 1);
    await settle();
    assert.deepEqual(cluster.stats, { connections: 1, idle: 0, connecting: 0, pending: 1 });
    waiting[0]?.write(response(200, 'one'));
    await first?.recorder.over.promise;
    await until(() => waiting.length === 2);
    waiting[1]?.write(response(200, 'two'));
    await second?.recorder.over.promise;
    assert.equal(second?.recorder.body, 'two');
    assert.equal(server.sockets.length, 1);
    cluster.destroy();
  });

  it('fails with overflow when too many wait', async () => {
    await using server = await startRawServer(() => undefined);
    const cluster = openCluster(clusterConfig(server.port), { maxConnections: 1, maxPendingRequests: 1 });
    send(cluster);
    await settle();
    send(cluster);
    const { recorder, call } = send(cluster);
    assert.equal(failureOf(await recorder.over.promise), 'overflow');
    assert.equal(call.attempts, 1);
    cluster.destroy();
  });

  it('fails with overflow beyond the request limit and never retries that', async () => {
    await using server = await startRawServer((socket) => socket.write(ok));
    const cluster = openCluster(clusterConfig(server.port), { maxRequests: 1 });
    const first = send(cluster);
    const second = send(cluster);
    assert.equal(failureOf(await second.recorder.over.promise), 'overflow');
    await first.recorder.over.promise;
    const third = send(cluster);
    assert.equal((await third.recorder.over.promise).kind, 'complete');
    cluster.destroy();
  });

  it('takes 1024 for a request limit of 0', async () => {
    await using server = await startRawServer((socket) => socket.write(ok));
    const cluster = openCluster(clusterConfig(server.port), { maxRequests: 0 });
    assert.equal((await send(cluster).recorder.over.promise).kind, 'complete');
    cluster.destroy();
  });

  it('fails with no_healthy_upstream while it is unhealthy', async () => {
    await using server = await startRawServer((socket) => socket.write(ok));
    const cluster = openCluster(clusterConfig(server.port));
    cluster.isHealthy = false;
    assert.equal(failureOf(await send(cluster).recorder.over.promise), 'no_healthy_upstream');
    cluster.isHealthy = true;
    assert.equal((await send(cluster).recorder.over.promise).kind, 'complete');
    cluster.destroy();
  });

  it('tells of a refused connection in Envoy words', async () => {
    const server = await startRawServer(() => undefined);
    const { port } = server;
    await server[Symbol.asyncDispose]();
    const cluster = openCluster(clusterConfig(port), { retry });
    const { recorder, call } = send(cluster);
    assert.deepEqual(await recorder.over.promise, {
      kind: 'failed',
      failure: {
        reason: 'remote_connection_failure',
        transport: 'delayed connect error: 111',
        requestSent: false,
        responseStarted: false,
      },
    });
    assert.equal(call.attempts, 1);
    cluster.destroy();
  });

  it('gives up a connection that takes too long', async () => {
    const clock = new ManualClock();
    // A TLS handshake that nobody answers.
    await using server = await startRawServer(() => undefined);
    const cluster = openCluster(
      clusterConfig(server.port, { scheme: 'https' }),
      { retry, connectTimeoutMs: 20_000 },
      { clock },
    );
    const { recorder } = send(cluster);
    await until(() => server.sockets.length === 1);
    clock.advance(20_000);
    assert.equal(failureOf(await recorder.over.promise), 'connection_timeout');
    cluster.destroy();
  });

  const broken: ReadonlyArray<readonly [string, string, string]> = [
    [
      'both framings',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
      'protocol_error',
    ],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello',
      'protocol_error',
    ],
    ['an invalid field', 'HTTP/1.1 200 OK\r\nbad field: 1\r\n\r\n', 'protocol_error'],
    ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'protocol_error'],
    ['a storm of 1xx', 'HTTP/1.1 103 Hints\r\n\r\n'.repeat(100), 'protocol_error'],
    [
      'a switch nobody asked for',
      'HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      'protocol_error',
    ],
  ];
  for (const [what, bytes, reason] of broken)
    it(`fails with ${reason} on a response with ${what}`, async () => {
      await using server = await startRawServer((socket) => socket.write(bytes));
      const cluster = openCluster(clusterConfig(server.port), { retry });
      assert.equal(failureOf(await send(cluster).recorder.over.promise), reason);
      cluster.destroy();
    });

  it('fails with connection_termination when the backend hangs up before the head', async () => {
    await using server = await startRawServer((socket) => socket.destroy());
    const cluster = openCluster(clusterConfig(server.port), { retry });
    const outcome = await send(cluster).recorder.over.promise;
    assert.equal(failureOf(outcome), 'connection_termination');
    assert.ok(outcome.kind === 'failed' && outcome.failure.requestSent && !outcome.failure.responseStarted);
    cluster.destroy();
  });

  for (const [how, end] of [
    ['hangs up', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ] as const)
    it(`tells that the response had started when the backend ${how} in the middle of it`, async () => {
      await using server = await startRawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\npart');
        setImmediate(end, socket);
      });
      const cluster = openCluster(clusterConfig(server.port));
      const { recorder } = send(cluster);
      const outcome = await recorder.over.promise;
      assert.ok(outcome.kind === 'failed' && outcome.failure.responseStarted);
      cluster.destroy();
    });

  it('passes informational responses on', async () => {
    await using server = await startRawServer((socket) =>
      socket.write(`HTTP/1.1 103 Hints\r\nlink: </a>\r\n\r\n${ok}`),
    );
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder } = send(cluster);
    await recorder.over.promise;
    assert.deepEqual(recorder.informational, [103]);
    cluster.destroy();
  });

  it('closes the connection of a request that is cancelled', async () => {
    const gone = Promise.withResolvers<void>();
    await using server = await startRawServer((socket) => socket.once('close', () => gone.resolve()));
    const cluster = openCluster(clusterConfig(server.port));
    const { call } = send(cluster);
    await until(() => server.sockets.length === 1);
    await settle();
    call.abort();
    call.abort();
    await gone.promise;
    assert.equal(cluster.activeRequests, 0);
    cluster.destroy();
  });

  it('pushes back while the backend does not read, and goes on when it does', async () => {
    await using server = await startRawServer(
      () => undefined,
      (socket) => socket.pause(),
    );
    const cluster = openCluster(clusterConfig(server.port), { retry });
    const { recorder, call } = send(cluster, { method: 'POST', bodyLength: unknownLength });
    const chunk = Buffer.alloc(16 * 1024);
    let accepted = 0;
    while (accepted < 64 * 1024 * 1024) {
      accepted += chunk.length;
      if (call.sendData(chunk)) {
        if (accepted % (1024 * 1024) === 0) await settle(1);
        continue;
      }
      if (server.sockets.length === 1 && accepted > 128 * 1024) break;
      await recorder.drained.promise;
    }
    assert.ok(accepted < 64 * 1024 * 1024, String(accepted));
    const before = recorder.drains;
    server.sockets[0]?.resume();
    await until(() => recorder.drains > before);
    call.abort();
    cluster.destroy();
  });

  it('stops reading while the receiver is paused', async () => {
    await using server = await startRawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 3000000\r\n\r\n${'a'.repeat(3_000_000)}`);
    });
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder, call } = send(cluster);
    recorder.onChunk = () => {
      recorder.onChunk = undefined;
      call.pauseBody();
    };
    await recorder.started.promise;
    await settle(50);
    const seen = recorder.body.length;
    assert.ok(seen < 1_000_000, String(seen));
    call.resumeBody();
    await recorder.over.promise;
    assert.equal(recorder.body.length, 3_000_000);
    cluster.destroy();
  });

  it('carries a tunnel and starts no deadline for it', async () => {
    const clock = new ManualClock();
    await using server = await startRawServer((socket) => {
      socket.removeAllListeners('data');
      socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nwelcome');
      socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk.toString()}`));
    });
    const cluster = openCluster(clusterConfig(server.port), {}, { clock });
    const { recorder, call } = send(
      cluster,
      { upgrade: 'websocket' },
      { deadlineMs: 1000, idleTimeoutMs: 60_000 },
    );
    await until(() => recorder.body === 'welcome');
    assert.equal(recorder.head?.status, 101);
    clock.advance(50_000);
    call.sendData(Buffer.from('ping'));
    await until(() => recorder.body === 'welcomeecho ping');
    clock.advance(61_000);
    assert.deepEqual(await recorder.over.promise, { kind: 'timeout', limit: 'idle', responseStarted: true });
    cluster.destroy();
  });

  it('streams events as they come', async () => {
    const sockets: Socket[] = [];
    await using server = await startRawServer((socket) => {
      sockets.push(socket);
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
      );
    });
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder } = send(cluster);
    await recorder.started.promise;
    sockets[0]?.write('9\r\ndata: 1\n\n\r\n');
    await until(() => recorder.body === 'data: 1\n\n');
    sockets[0]?.write('0\r\n\r\n');
    await recorder.over.promise;
    cluster.destroy();
  });

  it('reaches a backend at a Unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-upstream-'));
    const path = join(folder, 'backend.sock');
    const server = createServer((socket) => socket.on('data', () => socket.write(ok)));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const cluster = openCluster(clusterConfig(0, { host: path, isUnixSocket: true }));
    const { recorder, call } = send(cluster);
    await recorder.over.promise;
    assert.equal(recorder.body, 'ok');
    assert.equal(call.host, path);
    cluster.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('drains: answers what is under way, then closes', async () => {
    const sockets: Socket[] = [];
    await using server = await startRawServer((socket) => sockets.push(socket));
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder } = send(cluster);
    await until(() => sockets.length === 1);
    cluster.drain();
    sockets[0]?.write(ok);
    await recorder.over.promise;
    await settle();
    assert.equal(cluster.stats.connections, 0);
  });

  it('calls nobody back from within request', async () => {
    await using server = await startRawServer((socket) => socket.write(ok));
    const cluster = openCluster(clusterConfig(server.port), { maxRequests: 1 });
    send(cluster);
    const recorder = new CallRecorder();
    let isOver = false;
    void recorder.over.promise.then(() => {
      isOver = true;
    });
    cluster.request(requestHead(), recorder, { deadlineMs: 0, idleTimeoutMs: 0 });
    assert.equal(isOver, false);
    assert.equal(failureOf(await recorder.over.promise), 'overflow');
    cluster.destroy();
  });
});

describe('Cluster and names', () => {
  const resolverFor = (answers: Readonly<Record<4 | 6, readonly string[]>>): DnsResolver =>
    new DnsResolver({
      query: (_host, family) =>
        answers[family].length === 0
          ? Promise.reject(new Error('ENOTFOUND'))
          : Promise.resolve({ addresses: answers[family], ttlMs: undefined }),
    });

  it('fails with no_healthy_upstream when a name has no address', async () => {
    const cluster = openCluster(
      clusterConfig(80, { host: 'nowhere.example' }),
      {},
      { resolver: resolverFor({ 4: [], 6: [] }) },
    );
    const { recorder, call } = send(cluster);
    assert.equal(failureOf(await recorder.over.promise), 'no_healthy_upstream');
    assert.equal(call.attempts, 1);
    cluster.destroy();
  });

  it('goes round the addresses of a name', async () => {
    await using server = await startRawServer((socket) =>
      socket.write(response(200, 'x', 'connection: close\r\n')),
    );
    const resolver = resolverFor({ 4: ['127.0.0.1', '127.0.0.2'], 6: [] });
    const cluster = openCluster(
      clusterConfig(server.port, { host: 'many.example' }),
      { retry },
      { resolver },
    );
    const outcomes: string[] = [];
    for (let i = 0; i < 4; i++) outcomes.push((await send(cluster).recorder.over.promise).kind);
    // The server listens at the first of the two alone.
    assert.deepEqual(outcomes, ['complete', 'failed', 'complete', 'failed']);
    cluster.destroy();
  });

  it('tries the next address at once with family all', async () => {
    await using server = await startRawServer((socket) => socket.write(ok));
    const resolver = resolverFor({ 4: ['127.0.0.1'], 6: ['::1'] });
    const cluster = openCluster(
      clusterConfig(server.port, { host: 'dual.example' }),
      { retry, dnsFamily: 'all' },
      { resolver },
    );
    const { recorder, call } = send(cluster);
    assert.equal((await recorder.over.promise).kind, 'complete');
    assert.equal(call.attempts, 1);
    cluster.destroy();
  });
});
