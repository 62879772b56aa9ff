import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import { unknownLength } from '../../protocol/http/stream.ts';
import type { Cluster } from './cluster.ts';
import type { RetryPolicy } from './retry-policy.ts';
import {
  createRetryPolicy,
  defaultRetryPolicy,
  noRetryPolicy,
  parseRetryConditions,
} from './retry-policy.ts';
import type { Outcome } from './upstream.fixture.ts';
import {
  clusterConfig,
  openCluster,
  response,
  send,
  settle,
  startRawServer,
  until,
} from './upstream.fixture.ts';

const ok = response(200, 'ok');
const policy = (conditions: string, maxRetries = 1, more: Partial<RetryPolicy> = {}): RetryPolicy =>
  createRetryPolicy({ conditions: parseRetryConditions(conditions), maxRetries, ...more });

function failureOf(outcome: Outcome): string {
  return outcome.kind === 'failed' ? outcome.failure.reason : outcome.kind;
}

/** Makes one kept-alive connection, so that the next request is sent over a used one. */
async function warmUp(cluster: Cluster): Promise<void> {
  await send(cluster).recorder.over.promise;
  await settle();
  assert.equal(cluster.stats.idle, 1);
}

describe('UpstreamRequest, retries', () => {
  it('tries again after an answer that the policy names', async () => {
    await using server = await startRawServer((socket, _text, n) =>
      socket.write(n < 3 ? response(503, 'busy') : ok),
    );
    const cluster = openCluster(clusterConfig(server.port), { retry: policy('5xx', 2) });
    const { recorder, call } = send(cluster, { method: 'POST' }, { body: '{}' });
    await recorder.over.promise;
    assert.equal(recorder.head?.status, 200);
    assert.equal(recorder.body, 'ok');
    assert.equal(call.attempts, 3);
    cluster.destroy();
  });

  it('passes the last answer on when the tries are used up', async () => {
    await using server = await startRawServer((socket) => socket.write(response(503, 'busy')));
    const cluster = openCluster(clusterConfig(server.port), { retry: policy('5xx', 1) });
    const { recorder, call } = send(cluster);
    await recorder.over.promise;
    assert.equal(recorder.head?.status, 503);
    assert.equal(recorder.body, 'busy');
    assert.equal(call.attempts, 2);
    assert.equal(call.retryOutcome, 'limit');
    cluster.destroy();
  });

  it('sends the same body again', async () => {
    const bodies: string[] = [];
    await using server = await startRawServer((socket, text, n) => {
      bodies.push(text.slice(text.indexOf('\r\n\r\n') + 4));
      if (n === 1) socket.destroy();
      else socket.write(ok);
    });
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder } = send(cluster, { method: 'PUT' }, { body: 'content' });
    assert.equal((await recorder.over.promise).kind, 'complete');
    assert.deepEqual(bodies, ['content', 'content']);
    cluster.destroy();
  });

  it('tries a refused connection again and says so', async () => {
    const server = await startRawServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const cluster = openCluster(clusterConfig(server.port));
    const { recorder, call } = send(cluster);
    assert.equal(failureOf(await recorder.over.promise), 'remote_connection_failure');
    assert.equal(call.attempts, 2);
    assert.equal(call.retryOutcome, 'limit');
    cluster.destroy();
  });

  it('sends a POST twice after a reset, as ESPv2, unless told otherwise', async () => {
    for (const [retriesNonIdempotent, tries] of [
      [true, 2],
      [false, 1],
    ] as const) {
      let count = 0;
      await using server = await startRawServer((socket) => {
        count++;
        socket.destroy();
      });
      const cluster = openCluster(clusterConfig(server.port), {
        retry: policy('reset', 1, { retriesNonIdempotent }),
      });
      const { recorder } = send(cluster, { method: 'POST' }, { body: 'x' });
      assert.equal(failureOf(await recorder.over.promise), 'connection_termination');
      assert.equal(count, tries);
      cluster.destroy();
    }
  });

  it('never tries again once the response has started', async () => {
    let count = 0;
    await using server = await startRawServer((socket) => {
      count++;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\npart');
      setImmediate(() => socket.destroy());
    });
    const cluster = openCluster(clusterConfig(server.port), { retry: policy('5xx,reset', 3) });
    const { recorder } = send(cluster);
    assert.equal(failureOf(await recorder.over.promise), 'connection_termination');
    assert.equal(count, 1);
    cluster.destroy();
  });

  it('waits before it tries again', async () => {
    const clock = new ManualClock();
    let count = 0;
    await using server = await startRawServer((socket) => {
      count++;
      socket.write(count === 1 ? response(503, '') : ok);
    });
    const cluster = openCluster(
      clusterConfig(server.port),
      { retry: policy('5xx') },
      { clock, random: () => 0.99 },
    );
    const { recorder } = send(cluster);
    await until(() => clock.pendingTimers > 0 && count === 1 && cluster.stats.idle === 1);
    await settle();
    assert.equal(count, 1);
    clock.advance(24);
    await recorder.over.promise;
    assert.equal(recorder.head?.status, 200);
    cluster.destroy();
  });

  it('runs no more retries at a time than the cluster allows', async () => {
    const clock = new ManualClock();
    await using server = await startRawServer((socket) => socket.write(response(503, 'busy')));
    const cluster = openCluster(
      clusterConfig(server.port),
      { retry: policy('5xx'), maxConcurrentRetries: 1 },
      { clock, random: () => 0.99 },
    );
    const calls = [send(cluster), send(cluster)];
    // The second one finds the only retry taken by the first, which waits.
    const first = await Promise.race(calls.map(({ recorder }, i) => recorder.over.promise.then(() => i)));
    const refused = calls[first];
    assert.equal(refused?.call.retryOutcome, 'overflow');
    assert.equal(refused?.call.attempts, 1);
    assert.equal(refused?.recorder.head?.status, 503);
    cluster.destroy();
  });

  it('replaces a kept-alive connection that the backend closes on the next request, without counting it', async () => {
    await using server = await startRawServer((socket, _text, n) => {
      if (n === 2) socket.destroy();
      else socket.write(ok);
    });
    const cluster = openCluster(clusterConfig(server.port), { retry: noRetryPolicy });
    await warmUp(cluster);
    const { recorder, call } = send(cluster);
    assert.equal((await recorder.over.promise).kind, 'complete');
    assert.equal(call.attempts, 1);
    assert.equal(server.sockets.length, 2);
    cluster.destroy();
  });

  it('replaces it with a fresh connection, not with another kept-alive one', async () => {
    let isRestarting = false;
    const old = new Set<Socket>();
    await using server = await startRawServer((socket) => {
      if (!isRestarting) old.add(socket);
      if (isRestarting && old.has(socket)) socket.destroy();
      else socket.write(ok);
    });
    const cluster = openCluster(clusterConfig(server.port), { retry: noRetryPolicy, maxConnections: 3 });
    const calls = [send(cluster), send(cluster), send(cluster)];
    await Promise.all(calls.map(({ recorder }) => recorder.over.promise));
    await settle();
    assert.equal(cluster.stats.idle, 3);
    isRestarting = true;
    assert.equal((await send(cluster).recorder.over.promise).kind, 'complete');
    cluster.destroy();
  });

  it('does not send a POST again for that', async () => {
    let posts = 0;
    await using server = await startRawServer((socket, text) => {
      if (text.startsWith('GET')) socket.write(ok);
      else {
        posts++;
        socket.destroy();
      }
    });
    const cluster = openCluster(clusterConfig(server.port), { retry: noRetryPolicy });
    await warmUp(cluster);
    const { recorder } = send(cluster, { method: 'POST' }, { body: 'x' });
    assert.equal(failureOf(await recorder.over.promise), 'connection_termination');
    assert.equal(posts, 1);
    cluster.destroy();
  });

  it('replaces a dead connection once, not for ever', async () => {
    let count = 0;
    await using server = await startRawServer((socket) => {
      if (++count === 1) socket.write(ok);
      else socket.destroy();
    });
    const cluster = openCluster(clusterConfig(server.port), { retry: noRetryPolicy });
    await warmUp(cluster);
    assert.equal(failureOf(await send(cluster).recorder.over.promise), 'connection_termination');
    assert.equal(count, 3);
    cluster.destroy();
  });

  it('gives up trying again, but not the request, when the body outgrows the buffer', async () => {
    let count = 0;
    await using server = await startRawServer(
      () => undefined,
      (socket) => {
        count++;
        let bytes = 0;
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > 3000) socket.destroy();
        });
      },
    );
    const cluster = openCluster(clusterConfig(server.port), { maxBufferedBytes: 1024 });
    const { recorder, call } = send(cluster, { method: 'PUT', bodyLength: 4000 });
    call.sendData(Buffer.alloc(1000));
    await until(() => count === 1 && cluster.stats.connecting === 0);
    await settle();
    call.sendData(Buffer.alloc(3000));
    call.sendEnd();
    assert.equal(failureOf(await recorder.over.promise), 'connection_termination');
    assert.equal(count, 1);
    cluster.destroy();
  });

  it('says so when the body outgrows the buffer while a retry waits', async () => {
    const clock = new ManualClock();
    await using server = await startRawServer((socket) => socket.destroy());
    const cluster = openCluster(
      clusterConfig(server.port),
      { maxBufferedBytes: 1024 },
      { clock, random: () => 0.99 },
    );
    const { recorder, call } = send(cluster, { method: 'PUT', bodyLength: 4000 });
    call.sendData(Buffer.alloc(10));
    await until(
      () => server.sockets.length === 1 && cluster.stats.connections === 0 && cluster.stats.connecting === 0,
    );
    call.sendData(Buffer.alloc(3000));
    assert.equal((await recorder.over.promise).kind, 'bufferExceeded');
    assert.equal(cluster.activeRequests, 0);
    cluster.destroy();
  });

  it('stops trying when it is cancelled', async () => {
    const clock = new ManualClock();
    let count = 0;
    await using server = await startRawServer((socket) => {
      count++;
      socket.write(response(503, ''));
    });
    const cluster = openCluster(clusterConfig(server.port), { retry: policy('5xx') }, { clock });
    const { call } = send(cluster);
    await until(() => count === 1 && cluster.stats.idle === 1);
    call.abort();
    clock.advance(1000);
    await settle();
    assert.equal(count, 1);
    assert.equal(cluster.activeRequests, 0);
    cluster.destroy();
  });
});

describe('UpstreamRequest, limits of time', () => {
  const open = async (
    onRequest: (socket: Socket, text: string, n: number) => void,
    retry: RetryPolicy = defaultRetryPolicy,
  ): Promise<{ clock: ManualClock; cluster: Cluster; requests: () => number } & AsyncDisposable> => {
    const clock = new ManualClock();
    let count = 0;
    const server = await startRawServer((socket, text, n) => {
      count = n;
      onRequest(socket, text, n);
    });
    const cluster = openCluster(clusterConfig(server.port), { retry }, { clock });
    return {
      clock,
      cluster,
      requests: () => count,
      async [Symbol.asyncDispose]() {
        cluster.destroy();
        await server[Symbol.asyncDispose]();
      },
    };
  };

  it('ends a response that takes longer than the deadline, after one try', async () => {
    await using setup = await open(() => undefined);
    const { recorder, call } = send(setup.cluster, {}, { deadlineMs: 5000 });
    await until(() => setup.requests() === 1);
    setup.clock.advance(5040);
    assert.deepEqual(await recorder.over.promise, {
      kind: 'timeout',
      limit: 'response',
      responseStarted: false,
    });
    assert.equal(call.attempts, 1);
    assert.equal(setup.cluster.activeRequests, 0);
  });

  it('lets a response in time pass', async () => {
    const waiting: Socket[] = [];
    await using setup = await open((socket) => waiting.push(socket));
    const { recorder } = send(setup.cluster, {}, { deadlineMs: 5000 });
    await until(() => waiting.length === 1);
    setup.clock.advance(4900);
    waiting[0]?.write(ok);
    assert.equal((await recorder.over.promise).kind, 'complete');
    setup.clock.advance(10_000);
  });

  it('counts the deadline from the end of the request', async () => {
    await using setup = await open(() => undefined);
    const { recorder, call } = send(
      setup.cluster,
      { method: 'POST', bodyLength: unknownLength },
      { deadlineMs: 5000 },
    );
    call.sendData(Buffer.from('a'));
    await until(() => setup.cluster.stats.connections === 1);
    setup.clock.advance(60_000);
    await settle();
    call.sendEnd();
    setup.clock.advance(4900);
    await settle();
    assert.equal(recorder.head, undefined);
    setup.clock.advance(200);
    assert.deepEqual(await recorder.over.promise, {
      kind: 'timeout',
      limit: 'response',
      responseStarted: false,
    });
  });

  it('ends a response that has started, too', async () => {
    await using setup = await open((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nslow'),
    );
    const { recorder } = send(setup.cluster, {}, { deadlineMs: 5000 });
    await recorder.started.promise;
    setup.clock.advance(5040);
    assert.deepEqual(await recorder.over.promise, {
      kind: 'timeout',
      limit: 'response',
      responseStarted: true,
    });
  });

  it('ends what nobody says anything on', async () => {
    await using setup = await open(() => undefined);
    const { recorder, call } = send(
      setup.cluster,
      { method: 'POST', bodyLength: 10 },
      { idleTimeoutMs: 17_000 },
    );
    await until(() => setup.cluster.stats.connecting === 0);
    setup.clock.advance(10_000);
    call.sendData(Buffer.from('12345'));
    setup.clock.advance(10_000);
    await settle();
    call.sendData(Buffer.from('1'));
    setup.clock.advance(17_100);
    assert.deepEqual(await recorder.over.promise, { kind: 'timeout', limit: 'idle', responseStarted: false });
    assert.equal(call.requestEnded, false);
  });

  it('counts what the backend says as activity', async () => {
    const waiting: Socket[] = [];
    await using setup = await open((socket) => {
      waiting.push(socket);
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    });
    const { recorder } = send(setup.cluster, {}, { idleTimeoutMs: 17_000 });
    await recorder.started.promise;
    for (let i = 1; i <= 3; i++) {
      setup.clock.advance(10_000);
      waiting[0]?.write('1\r\na\r\n');
      await until(() => recorder.body.length === i);
    }
    setup.clock.advance(17_100);
    assert.deepEqual(await recorder.over.promise, { kind: 'timeout', limit: 'idle', responseStarted: true });
  });

  it('ends a try that takes too long and makes the next one', async () => {
    await using setup = await open(
      (socket, _text, n) => {
        if (n > 2) socket.write(ok);
      },
      policy('reset', 2, { perTryTimeoutMs: 1000 }),
    );
    const { recorder, call } = send(setup.cluster, {}, { deadlineMs: 15_000 });
    for (let n = 1; n <= 2; n++) {
      await until(() => setup.requests() === n);
      setup.clock.advance(1040);
      setup.clock.advance(1);
    }
    assert.equal((await recorder.over.promise).kind, 'complete');
    assert.equal(call.attempts, 3);
  });

  it('tells of the try when there is no other one', async () => {
    await using setup = await open(
      () => undefined,
      policy('reset,connect-failure', 1, { perTryTimeoutMs: 2000 }),
    );
    const { recorder, call } = send(setup.cluster, {}, { deadlineMs: 5000 });
    for (let n = 1; n <= 2; n++) {
      await until(() => setup.requests() === n);
      setup.clock.advance(2040);
      setup.clock.advance(1);
    }
    assert.deepEqual(await recorder.over.promise, {
      kind: 'timeout',
      limit: 'per_try',
      responseStarted: false,
    });
    assert.equal(call.attempts, 2);
  });

  it('lets the deadline bound all tries', async () => {
    await using setup = await open(() => undefined, policy('reset', 2, { perTryTimeoutMs: 4000 }));
    const { recorder, call } = send(setup.cluster, {}, { deadlineMs: 5000 });
    await until(() => setup.requests() === 1);
    setup.clock.advance(4040);
    setup.clock.advance(1);
    await until(() => setup.requests() === 2);
    setup.clock.advance(1000);
    assert.deepEqual(await recorder.over.promise, {
      kind: 'timeout',
      limit: 'response',
      responseStarted: false,
    });
    assert.equal(call.attempts, 2);
  });

  it('ignores the limit of a try once its response has started', async () => {
    const waiting: Socket[] = [];
    await using setup = await open(
      (socket) => {
        waiting.push(socket);
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
      },
      policy('reset', 2, { perTryTimeoutMs: 1000 }),
    );
    const { recorder } = send(setup.cluster, {}, { deadlineMs: 15_000 });
    await recorder.started.promise;
    setup.clock.advance(3000);
    waiting[0]?.write('ok');
    assert.equal((await recorder.over.promise).kind, 'complete');
  });

  it('leaves no timer behind', async () => {
    await using setup = await open((socket) => socket.write(response(200, '', 'connection: close\r\n')));
    await send(setup.cluster, {}, { deadlineMs: 15_000, idleTimeoutMs: 300_000 }).recorder.over.promise;
    setup.clock.advance(400_000);
    assert.equal(setup.clock.pendingTimers, 0);
  });
});
