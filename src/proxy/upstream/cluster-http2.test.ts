import assert from 'node:assert/strict';
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { constants, createServer } from 'node:http2';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { unknownLength } from '../../protocol/http/stream.ts';
import { noRetryPolicy } from './retry-policy.ts';
import type { Outcome } from './upstream.fixture.ts';
import { clusterConfig, openCluster, send, settle, startRawServer, until } from './upstream.fixture.ts';

interface Http2Backend extends AsyncDisposable {
  readonly port: number;
  readonly sessions: Http2Session[];
  /** Raw request fields, in order of arrival. */
  readonly requests: string[][];
}

async function startHttp2Server(
  onStream: (stream: ServerHttp2Stream, n: number) => void,
  settings: { maxConcurrentStreams?: number; enableConnectProtocol?: boolean } = {},
): Promise<Http2Backend> {
  const sockets: Socket[] = [];
  const sessions: Http2Session[] = [];
  const requests: string[][] = [];
  const server = createServer({ settings, strictSingleValueFields: false } as object);
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, raw: string[]) => {
    requests.push(raw);
    stream.on('error', () => undefined);
    onStream(stream, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sessions,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const answer = (stream: ServerHttp2Stream): void => {
  stream.respond({ ':status': 200 });
  stream.end('ok');
};
const h2 = { protocol: 'h2' } as const;

function failureOf(outcome: Outcome): string {
  return outcome.kind === 'failed' ? outcome.failure.reason : outcome.kind;
}

describe('Cluster over HTTP/2', () => {
  it('sends the head and body and hands back the response', async () => {
    await using server = await startHttp2Server((stream) => {
      let body = '';
      stream.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      stream.on('end', () => {
        stream.respond({ ':status': 201, 'x-a': ['1', '2'], 'content-length': body.length });
        stream.end(body);
      });
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder, call } = send(
      cluster,
      { method: 'POST', target: '/a?b', headers: ['x-q', 'v', 'x-q', 'w'] },
      { body: 'body' },
    );
    assert.deepEqual(await recorder.over.promise, { kind: 'complete', trailers: undefined });
    assert.equal(recorder.head?.status, 201);
    assert.equal(recorder.head.bodyLength, 4);
    assert.deepEqual(recorder.head.headers.slice(0, 4), ['x-a', '1', 'x-a', '2']);
    assert.equal(recorder.body, 'body');
    assert.equal(call.host, `127.0.0.1:${server.port}`);
    assert.deepEqual(server.requests[0], [
      ':method',
      'POST',
      ':scheme',
      'http',
      ':authority',
      'backend.example',
      ':path',
      '/a?b',
      'x-q',
      'v',
      'x-q',
      'w',
      'content-length',
      '4',
    ]);
    cluster.destroy();
  });

  it('carries trailers both ways', async () => {
    await using server = await startHttp2Server((stream) => {
      stream.resume();
      stream.on('trailers', (trailers) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true });
        stream.on('wantTrailers', () =>
          stream.sendTrailers({ 'grpc-status': '0', 'x-seen': trailers['x-sum'] }),
        );
        stream.end('m');
      });
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder, call } = send(cluster, { method: 'POST', bodyLength: unknownLength });
    call.sendData(Buffer.from('m'));
    call.sendEnd(['x-sum', '7']);
    assert.deepEqual(await recorder.over.promise, {
      kind: 'complete',
      trailers: ['grpc-status', '0', 'x-seen', '7'],
    });
    cluster.destroy();
  });

  it('hands over a trailers-only answer as a complete response', async () => {
    await using server = await startHttp2Server((stream) =>
      stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true }),
    );
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder } = send(cluster, { method: 'POST' }, { body: 'm' });
    assert.equal((await recorder.over.promise).kind, 'complete');
    assert.equal(recorder.head?.headers[1], '5');
    await until(() => cluster.stats.idle === 1);
    cluster.destroy();
  });

  it('sends many requests over one connection', async () => {
    await using server = await startHttp2Server(answer);
    const cluster = openCluster(clusterConfig(server.port, h2));
    const calls = Array.from({ length: 20 }, () => send(cluster));
    for (const { recorder } of calls) assert.equal((await recorder.over.promise).kind, 'complete');
    assert.equal(server.sessions.length, 1);
    assert.equal(cluster.activeRequests, 0);
    cluster.destroy();
  });

  it('opens another connection when the backend takes no more streams', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server((stream) => streams.push(stream), {
      maxConcurrentStreams: 1,
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const first = send(cluster);
    await until(() => streams.length === 1);
    const second = send(cluster);
    await until(() => streams.length === 2);
    assert.equal(server.sessions.length, 2);
    for (const stream of streams) answer(stream);
    await Promise.all([first.recorder.over.promise, second.recorder.over.promise]);
    cluster.destroy();
  });

  it('lets a request wait for a free stream when it may not open another connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server((stream) => streams.push(stream), {
      maxConcurrentStreams: 1,
    });
    const cluster = openCluster(clusterConfig(server.port, h2), { maxConnections: 1 });
    const first = send(cluster);
    await until(() => streams.length === 1);
    const second = send(cluster);
    await settle();
    assert.equal(cluster.stats.pending, 1);
    answer(streams[0] as ServerHttp2Stream);
    await first.recorder.over.promise;
    await until(() => streams.length === 2);
    answer(streams[1] as ServerHttp2Stream);
    assert.equal((await second.recorder.over.promise).kind, 'complete');
    cluster.destroy();
  });

  it('tries a refused stream again', async () => {
    await using server = await startHttp2Server((stream, n) => {
      if (n === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else answer(stream);
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder, call } = send(cluster, { method: 'POST' }, { body: 'x' });
    assert.equal((await recorder.over.promise).kind, 'complete');
    assert.equal(call.attempts, 2);
    cluster.destroy();
  });

  const resets: ReadonlyArray<readonly [string, number, string, boolean]> = [
    ['REFUSED_STREAM', constants.NGHTTP2_REFUSED_STREAM, 'remote_refused_stream_reset', false],
    ['INTERNAL_ERROR', constants.NGHTTP2_INTERNAL_ERROR, 'remote_reset', true],
    ['CANCEL', constants.NGHTTP2_CANCEL, 'remote_reset', true],
  ];
  for (const [name, code, reason, requestSent] of resets)
    it(`takes ${name} for ${reason}`, async () => {
      await using server = await startHttp2Server((stream) => stream.close(code));
      const cluster = openCluster(clusterConfig(server.port, h2), { retry: noRetryPolicy });
      const outcome = await send(cluster).recorder.over.promise;
      assert.deepEqual(outcome, {
        kind: 'failed',
        failure: { reason, transport: undefined, requestSent, responseStarted: false },
      });
      cluster.destroy();
    });

  it('tells that the response had started when the backend resets the stream', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server((stream) => {
      streams.push(stream);
      // Without this, node:http2 sends END_STREAM before the reset.
      stream._final = (callback) => callback();
      stream.respond({ ':status': 200 });
      stream.write('part');
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder } = send(cluster);
    await recorder.started.promise;
    streams[0]?.close(constants.NGHTTP2_INTERNAL_ERROR);
    const outcome = await recorder.over.promise;
    assert.ok(outcome.kind === 'failed' && outcome.failure.responseStarted);
    cluster.destroy();
  });

  it('fails when the backend goes away in the middle', async () => {
    await using server = await startHttp2Server((stream) => stream.session?.destroy());
    const cluster = openCluster(clusterConfig(server.port, h2), { retry: noRetryPolicy });
    assert.equal(failureOf(await send(cluster).recorder.over.promise), 'connection_termination');
    cluster.destroy();
  });

  it('lets streams end after GOAWAY and sends new requests over another connection', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server((stream, n) => {
      if (n === 1) streams.push(stream);
      else answer(stream);
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const first = send(cluster);
    await until(() => streams.length === 1);
    server.sessions[0]?.close();
    await settle();
    const second = send(cluster);
    assert.equal((await second.recorder.over.promise).kind, 'complete');
    assert.equal(server.sessions.length, 2);
    answer(streams[0] as ServerHttp2Stream);
    assert.equal((await first.recorder.over.promise).kind, 'complete');
    cluster.destroy();
  });

  it('fails on a backend that does not speak HTTP/2', async () => {
    await using server = await startRawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder, call } = send(cluster);
    assert.equal((await recorder.over.promise).kind, 'failed');
    assert.equal(call.attempts, 2);
    cluster.destroy();
  });

  it('resets the stream of a request that is cancelled', async () => {
    const reset = Promise.withResolvers<number>();
    await using server = await startHttp2Server((stream) =>
      stream.on('close', () => reset.resolve(stream.rstCode)),
    );
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { call } = send(cluster);
    await until(() => server.requests.length === 1);
    call.abort();
    assert.equal(await reset.promise, constants.NGHTTP2_CANCEL);
    cluster.destroy();
  });

  it('never marks an upload as whole that is cancelled', async () => {
    const over = Promise.withResolvers<boolean>();
    await using server = await startHttp2Server((stream) => {
      stream.resume();
      stream.on('aborted', () => over.resolve(false));
      stream.on('end', () => over.resolve(true));
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { call } = send(cluster, {
      method: 'POST',
      bodyLength: unknownLength,
      headers: ['content-type', 'application/grpc'],
    });
    call.sendData(Buffer.from('half'));
    await until(() => server.requests.length === 1);
    call.abort();
    assert.equal(await over.promise, false);
    cluster.destroy();
  });

  it('does not take a short body for a whole one', async () => {
    await using server = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200, 'content-length': '50' });
      stream.end('part');
    });
    const cluster = openCluster(clusterConfig(server.port, h2), { retry: noRetryPolicy });
    assert.equal((await send(cluster).recorder.over.promise).kind, 'failed');
    cluster.destroy();
  });

  it('takes the length in an answer to HEAD for that of another response', async () => {
    await using server = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200, 'content-length': '50' });
    });
    const cluster = openCluster(clusterConfig(server.port, h2), { retry: noRetryPolicy });
    const outcome = await send(cluster, { method: 'HEAD' }).recorder.over.promise;
    assert.equal(outcome.kind, 'complete');
    cluster.destroy();
  });

  it('stops reading while the receiver is paused', async () => {
    await using server = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('a'.repeat(3_000_000));
    });
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder, call } = send(cluster);
    recorder.onChunk = () => {
      recorder.onChunk = undefined;
      call.pauseBody();
    };
    await recorder.started.promise;
    await settle(50);
    assert.ok(recorder.body.length < 1_000_000, String(recorder.body.length));
    call.resumeBody();
    await recorder.over.promise;
    assert.equal(recorder.body.length, 3_000_000);
    cluster.destroy();
  });

  it('carries a WebSocket by extended CONNECT', async () => {
    await using server = await startHttp2Server(
      (stream) => {
        stream.respond({ ':status': 200 });
        stream.on('data', (chunk: Buffer) => stream.write(`echo ${chunk.toString()}`));
        stream.on('end', () => stream.end());
      },
      { enableConnectProtocol: true },
    );
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder, call } = send(cluster, { upgrade: 'websocket', headers: ['sec-websocket-key', 'x'] });
    assert.equal((await recorder.started.promise).status, 101);
    call.sendData(Buffer.from('ping'));
    await until(() => recorder.body.includes('echo ping'));
    call.sendEnd();
    await recorder.over.promise;
    assert.ok(!server.requests[0]?.includes('sec-websocket-key'));
    cluster.destroy();
  });

  it('drains: answers what is under way, then closes', async () => {
    const streams: ServerHttp2Stream[] = [];
    await using server = await startHttp2Server((stream) => streams.push(stream));
    const cluster = openCluster(clusterConfig(server.port, h2));
    const { recorder } = send(cluster);
    await until(() => streams.length === 1);
    cluster.drain();
    answer(streams[0] as ServerHttp2Stream);
    assert.equal((await recorder.over.promise).kind, 'complete');
    await until(() => server.sessions[0]?.destroyed === true);
  });
});
