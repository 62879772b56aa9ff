import assert from 'node:assert/strict';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { connect, constants } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectTcp, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import type { HeaderList } from '../http/headers.ts';
import type { ServerStream, ServerStreamHandler, StreamAbortReason } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { TimerWheel } from '../net/timer-wheel.ts';
import { Http2ServerConnection } from './http2-server-connection.ts';
import type { Http2Limits } from './http2-settings.ts';
import { defaultHttp2Limits } from './http2-settings.ts';

interface Peer {
  readonly port: number;
  readonly requests: ServerStream[];
  readonly rejected: string[];
  readonly connections: Http2ServerConnection[];
  readonly closed: Promise<void>;
  session: ClientHttp2Session;
}

/** Records what a request brings and lets a test wait for its end. */
class Recorder implements ServerStreamHandler {
  body = '';
  trailers: HeaderList | undefined = undefined;
  readonly ended = Promise.withResolvers<void>();
  readonly over = Promise.withResolvers<StreamAbortReason | 'complete'>();
  readonly drained = Promise.withResolvers<void>();

  onBody(chunk: Buffer): void {
    this.body += chunk.toString('latin1');
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.trailers = trailers;
    this.ended.resolve();
  }

  onDrain(): void {
    this.drained.resolve();
  }

  onAbort(reason: StreamAbortReason): void {
    this.over.resolve(reason);
  }

  onComplete(): void {
    this.over.resolve('complete');
  }
}

const wheel = new TimerWheel(systemClock);
const info = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0, tls: undefined };

async function withServer(
  onRequest: (stream: ServerStream, recorder: Recorder) => void,
  test: (peer: Peer) => Promise<void>,
  limits: Partial<Http2Limits> = {},
): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const sockets = new Set<Socket>();
  const peer: Omit<Peer, 'session'> & { session?: ClientHttp2Session } = {
    port: 0,
    requests: [],
    rejected: [],
    connections: [],
    closed: closed.promise,
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const connection = new Http2ServerConnection(
      socket,
      { info, limits: { ...defaultHttp2Limits, ...limits }, wheel },
      {
        onRequest(stream) {
          const recorder = new Recorder();
          stream.handler = recorder;
          peer.requests.push(stream);
          onRequest(stream, recorder);
        },
        onReject: (reason) => peer.rejected.push(reason),
        onClose: () => closed.resolve(),
      },
    );
    peer.connections.push(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const session = connect(`http://127.0.0.1:${port}`, { strictSingleValueFields: false } as object);
  session.on('error', () => undefined);
  try {
    await test({ ...peer, port, session });
  } finally {
    session.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

interface Answer {
  readonly headers: IncomingHttpHeaders & { ':status'?: number | undefined };
  readonly raw: string[];
  readonly body: string;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly rstCode: number;
}

function collect(stream: ClientHttp2Stream): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  let [headers, raw, body]: [Answer['headers'], string[], string] = [{}, [], ''];
  let trailers: IncomingHttpHeaders | undefined;
  stream.on('response', (fields, _flags, list) => {
    headers = fields;
    raw = list;
  });
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  stream.on('data', (chunk: Buffer) => {
    body += chunk.toString('latin1');
  });
  stream.on('error', () => undefined);
  stream.on('close', () => resolve({ headers, raw, body, trailers, rstCode: stream.rstCode }));
  return promise;
}

function answerOk(stream: ServerStream): void {
  stream.sendHead({ status: 200, headers: [], bodyLength: 2 }, false);
  stream.sendData(Buffer.from('ok'));
  stream.sendEnd();
}

describe('Http2ServerConnection', () => {
  it('hands over a request without body and sends the answer', async () => {
    await withServer(
      (stream) => {
        stream.sendHead({ status: 201, headers: ['x-a', '1', 'x-a', '2'], bodyLength: 5 }, false);
        stream.sendData(Buffer.from('hello'));
        stream.sendEnd();
      },
      async ({ session, requests }) => {
        const answer = await collect(
          session.request({ ':path': '/a?b=c', ':authority': 'api.example', 'x-q': 'v' }),
        );
        assert.equal(answer.headers[':status'], 201);
        assert.equal(answer.body, 'hello');
        assert.deepEqual(answer.raw, [':status', '201', 'x-a', '1', 'x-a', '2', 'content-length', '5']);
        const { request } = requests[0] as ServerStream;
        assert.deepEqual(
          { ...request },
          {
            method: 'GET',
            scheme: 'http',
            authority: 'api.example',
            target: '/a?b=c',
            headers: ['x-q', 'v'],
            version: 'HTTP/2',
            bodyLength: 0,
            upgrade: undefined,
          },
        );
      },
    );
  });

  const forgedTrailers = {
    'x-sum': '7',
    authorization: 'forged',
    'x-forwarded-for': '10.0.0.1',
    'x-api-key': 'forged',
    'x-http-method-override': 'DELETE',
  };

  it('streams a body with its trailers and completes', async () => {
    const recorders: Recorder[] = [];
    await withServer(
      (stream, recorder) => {
        recorders.push(recorder);
        void recorder.ended.promise.then(() => answerOk(stream));
      },
      async ({ session, requests }) => {
        const request = session.request({ ':method': 'POST', ':path': '/' }, { waitForTrailers: true });
        request.on('wantTrailers', () => request.sendTrailers(forgedTrailers));
        request.write('some ');
        request.end('body');
        assert.equal((await collect(request)).body, 'ok');
        const recorder = recorders[0] as Recorder;
        assert.equal(recorder.body, 'some body');
        assert.deepEqual(recorder.trailers, ['x-sum', '7']);
        assert.equal(await recorder.over.promise, 'complete');
        assert.equal((requests[0] as ServerStream).request.bodyLength, unknownLength);
      },
    );
  });

  it('sends trailers after a body of unknown length', async () => {
    await withServer(
      (stream) => {
        stream.sendHead(
          { status: 200, headers: ['content-type', 'application/grpc'], bodyLength: unknownLength },
          false,
        );
        stream.sendData(Buffer.from('message'));
        stream.sendEnd(['grpc-status', '0', 'grpc-message', 'fine']);
      },
      async ({ session }) => {
        const answer = await collect(session.request({ ':path': '/' }));
        assert.equal(answer.trailers?.['grpc-status'], '0');
        assert.equal(answer.trailers?.['grpc-message'], 'fine');
        assert.equal(answer.body, 'message');
      },
    );
  });

  it('ends a body of unknown length without trailers', async () => {
    await withServer(
      (stream) => {
        stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
        stream.sendData(Buffer.from('x'));
        stream.sendEnd();
      },
      async ({ session }) => {
        const answer = await collect(session.request({ ':path': '/' }));
        assert.equal(answer.body, 'x');
        assert.equal(answer.trailers, undefined);
        assert.equal(answer.rstCode, 0);
      },
    );
  });

  it('tells a content-length in answers to HEAD and sends no body', async () => {
    await withServer(
      (stream) => stream.sendHead({ status: 200, headers: [], bodyLength: 42 }, true),
      async ({ session }) => {
        const answer = await collect(session.request({ ':method': 'HEAD', ':path': '/' }));
        assert.equal(answer.headers['content-length'], '42');
        assert.equal(answer.body, '');
      },
    );
  });

  it('pushes back while the client does not read, and goes on when it does', async () => {
    const wrote = Promise.withResolvers<number>();
    await withServer(
      (stream, recorder) => {
        stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
        let sent = 0;
        const chunk = Buffer.alloc(64 * 1024);
        while (stream.sendData(chunk)) sent += chunk.length;
        wrote.resolve(sent);
        void recorder.drained.promise.then(() => stream.sendEnd());
      },
      async ({ session }) => {
        const request = session.request({ ':path': '/' });
        assert.ok((await wrote.promise) < 1024 * 1024);
        const answer = await collect(request);
        assert.equal(answer.rstCode, 0);
        assert.ok(answer.body.length >= 64 * 1024);
      },
    );
  });

  it('stops reading while the receiver is paused', async () => {
    const seen = Promise.withResolvers<[ServerStream, Recorder]>();
    await withServer(
      (stream, recorder) => {
        stream.pauseBody();
        seen.resolve([stream, recorder]);
      },
      async ({ session }) => {
        const request = session.request({ ':method': 'POST', ':path': '/' });
        const done = collect(request);
        request.end(Buffer.alloc(300_000, 'a'));
        const [stream, recorder] = await seen.promise;
        await new Promise((resolve) => session.ping(resolve));
        assert.equal(recorder.body, '');
        stream.resumeBody();
        await recorder.ended.promise;
        assert.equal(recorder.body.length, 300_000);
        answerOk(stream);
        assert.equal((await done).body, 'ok');
      },
    );
  });

  it('tells that the client reset the stream', async () => {
    const seen = Promise.withResolvers<Recorder>();
    await withServer(
      (_stream, recorder) => seen.resolve(recorder),
      async ({ session }) => {
        const request = session.request({ ':path': '/' });
        request.on('error', () => undefined);
        const recorder = await seen.promise;
        request.close(constants.NGHTTP2_CANCEL);
        assert.equal(await recorder.over.promise, 'remote_disconnect');
      },
    );
  });

  it('tells that the client went away', async () => {
    const seen = Promise.withResolvers<Recorder>();
    await withServer(
      (_stream, recorder) => seen.resolve(recorder),
      async ({ session, closed }) => {
        session.request({ ':path': '/' }).on('error', () => undefined);
        const recorder = await seen.promise;
        session.destroy();
        assert.equal(await recorder.over.promise, 'remote_disconnect');
        await closed;
      },
    );
  });

  it('resets the stream when the exchange is aborted', async () => {
    await withServer(
      (stream) => {
        stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
        stream.sendData(Buffer.from('partial'));
        setImmediate(() => stream.abort());
      },
      async ({ session }) => {
        const answer = await collect(session.request({ ':path': '/' }));
        assert.equal(answer.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
      },
    );
  });

  it('answers before the body is complete and stops the upload without an error', async () => {
    await withServer(
      (stream) => answerOk(stream),
      async ({ session }) => {
        const request = session.request({ ':method': 'POST', ':path': '/' });
        const done = collect(request);
        request.write('the beginning');
        const answer = await done;
        assert.equal(answer.body, 'ok');
        assert.equal(answer.rstCode, constants.NGHTTP2_NO_ERROR);
      },
    );
  });

  it('lets go of an answered stream whose upload was paused', async () => {
    const seen = Promise.withResolvers<Recorder>();
    await withServer(
      (stream, recorder) => {
        stream.pauseBody();
        answerOk(stream);
        seen.resolve(recorder);
      },
      async ({ session, connections }) => {
        const request = session.request({ ':method': 'POST', ':path': '/' });
        const done = collect(request);
        request.write(Buffer.alloc(100_000));
        assert.equal((await done).body, 'ok');
        assert.equal(await (await seen.promise).over.promise, 'complete');
        assert.equal(connections.at(-1)?.openStreams, 0);
      },
    );
  });

  it('joins cookie crumbs and prefers :authority to host', async () => {
    await withServer(answerOk, async ({ session, requests }) => {
      const fields = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'a', 'host', 'b'];
      await collect(session.request([...fields, 'cookie', 'x=1', 'q', '1', 'cookie', 'y=2'] as never));
      const { request } = requests[0] as ServerStream;
      assert.equal(request.authority, 'a');
      assert.deepEqual(request.headers, ['cookie', 'x=1; y=2', 'q', '1']);
    });
  });

  it('answers an expectation with 100 at once', async () => {
    await withServer(
      (stream, recorder) => void recorder.ended.promise.then(() => answerOk(stream)),
      async ({ session, requests }) => {
        const request = session.request({ ':method': 'POST', ':path': '/', expect: '100-continue' });
        const done = collect(request);
        await new Promise((resolve) => request.once('continue', resolve));
        request.end('body');
        assert.equal((await done).body, 'ok');
        assert.deepEqual((requests[0] as ServerStream).request.headers, []);
      },
    );
  });

  it('sends informational responses before the final one', async () => {
    await withServer(
      (stream) => {
        stream.sendInformational(103, ['link', '</a>']);
        answerOk(stream);
      },
      async ({ session }) => {
        const request = session.request({ ':path': '/' });
        const hints = new Promise<IncomingHttpHeaders>((resolve) => request.once('headers', resolve));
        assert.equal((await hints)['link'], '</a>');
        assert.equal((await collect(request)).body, 'ok');
      },
    );
  });

  it('carries a WebSocket by extended CONNECT', async () => {
    await withServer(
      (stream, recorder) => {
        stream.sendHead(
          { status: 101, headers: ['upgrade', 'websocket', 'sec-websocket-accept', 'x'], bodyLength: 0 },
          false,
        );
        void recorder.ended.promise.then(() => {
          stream.sendData(Buffer.from(`echo ${recorder.body}`));
          stream.sendEnd();
        });
      },
      async ({ session, requests }) => {
        await new Promise((resolve) => session.once('remoteSettings', resolve));
        const request = session.request({
          ':method': 'CONNECT',
          ':protocol': 'websocket',
          ':path': '/chat',
          ':scheme': 'http',
          ':authority': 'a',
        });
        request.end('frames');
        const answer = await collect(request);
        assert.equal(answer.headers[':status'], 200);
        assert.equal(answer.headers['sec-websocket-accept'], undefined);
        assert.equal(answer.body, 'echo frames');
        const { request: head } = requests[0] as ServerStream;
        assert.equal(head.upgrade, 'websocket');
        assert.equal(head.method, 'GET');
        assert.ok(head.headers.includes('sec-websocket-key'));
      },
    );
  });

  const refused: ReadonlyArray<readonly [string, string[], Partial<Http2Limits>, string]> = [
    ['a name with an underscore', ['x_y', '1'], {}, 'http2.unexpected_underscore'],
    [
      'too many fields',
      Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? `x-${i}` : 'v')),
      {},
      'http2.too_many_headers',
    ],
    [
      'more than 60 KiB of fields',
      ['x-a', 'a'.repeat(40_000), 'x-b', 'b'.repeat(22_000)],
      {},
      'http2.too_many_headers',
    ],
  ];
  for (const [what, fields, limits, reason] of refused)
    it(`resets a stream with ${what}, without an answer`, async () => {
      await withServer(
        answerOk,
        async ({ session, rejected, requests }) => {
          const head = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'a'];
          const answer = await collect(session.request([...head, ...fields] as never));
          assert.equal(answer.rstCode, constants.NGHTTP2_INTERNAL_ERROR);
          assert.equal(answer.headers[':status'], undefined);
          assert.deepEqual(rejected, [reason]);
          assert.equal(requests.length, 0);
        },
        limits,
      );
    });

  it('lets underscores pass when told so', async () => {
    await withServer(
      answerOk,
      async ({ session, requests }) => {
        await collect(session.request({ ':path': '/', x_y: '1' }));
        assert.deepEqual((requests[0] as ServerStream).request.headers, ['x_y', '1']);
      },
      { allowUnderscores: true },
    );
  });

  it('drops names with underscores when told so', async () => {
    await withServer(
      answerOk,
      async ({ session, requests }) => {
        await collect(session.request({ ':path': '/', x_y: '1', 'x-z': '2' }));
        assert.deepEqual((requests[0] as ServerStream).request.headers, ['x-z', '2']);
      },
      { dropsUnderscores: true },
    );
  });

  it('takes an 11.5 KB Authorization field', async () => {
    await withServer(answerOk, async ({ session }) => {
      const answer = await collect(
        session.request({ ':path': '/', authorization: `Bearer ${'a'.repeat(11_500)}` }),
      );
      assert.equal(answer.headers[':status'], 200);
    });
  });

  it('lets open streams end after GOAWAY and closes then', async () => {
    const seen = Promise.withResolvers<ServerStream>();
    await withServer(
      (stream) => seen.resolve(stream),
      async ({ session, connections, closed }) => {
        const done = collect(session.request({ ':path': '/' }));
        const stream = await seen.promise;
        const goaway = new Promise<number>((resolve) => session.once('goaway', resolve));
        (connections[0] as Http2ServerConnection).drain();
        assert.equal(await goaway, constants.NGHTTP2_NO_ERROR);
        answerOk(stream);
        assert.equal((await done).body, 'ok');
        await closed;
      },
      { drainGraceMs: 10 },
    );
  });

  it('aborts open streams as local_close when it is destroyed', async () => {
    const seen = Promise.withResolvers<Recorder>();
    await withServer(
      (_stream, recorder) => seen.resolve(recorder),
      async ({ session, connections }) => {
        session.request({ ':path': '/' }).on('error', () => undefined);
        const recorder = await seen.promise;
        (connections[0] as Http2ServerConnection).destroy();
        assert.equal(await recorder.over.promise, 'local_close');
      },
    );
  });

  it('closes the connection of a client that resets streams without end', async () => {
    await withServer(
      () => undefined,
      async ({ session, closed, requests }) => {
        session.on('goaway', () => undefined);
        await new Promise((resolve) => session.once('connect', resolve));
        for (let i = 0; i < 1000 && !session.destroyed; i++) {
          const request = session.request({ ':path': '/' });
          request.on('error', () => undefined);
          request.close(constants.NGHTTP2_CANCEL);
          if (i % 50 === 0) await new Promise(setImmediate);
        }
        await closed;
        assert.ok(requests.length < 1000);
      },
      { streamResetBurst: 200 },
    );
  });
});

describe('Http2ServerConnection, raw frames', () => {
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
  const frame = (
    type: number,
    flags: number,
    streamId: number,
    payload: Uint8Array = Buffer.alloc(0),
  ): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(streamId, 5);
    return Buffer.concat([head, payload]);
  };
  /** Literal fields without indexing and without Huffman (RFC 7541 §6.2.2). */
  const block = (fields: readonly string[]): Buffer =>
    Buffer.concat(
      fields.flatMap((text, i) => {
        const bytes = Buffer.from(text, 'latin1');
        const length = Buffer.of(bytes.length);
        return i % 2 === 0 ? [Buffer.of(0x00), length, bytes] : [length, bytes];
      }),
    );
  const settings = frame(4, 0, 0);
  const base = [':method', 'POST', ':scheme', 'http', ':path', '/', ':authority', 'a'];

  /** Sends frames; resolves to the frames that came back until the connection ended or a stream did. */
  async function exchange(port: number, bytes: readonly Buffer[]): Promise<{ types: number[]; raw: Buffer }> {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const received: Buffer[] = [];
    const over = Promise.withResolvers<void>();
    const types: number[] = [];
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      types.length = 0;
      const all = Buffer.concat(received);
      for (let at = 0; at + 9 <= all.length; at += 9 + all.readUIntBE(at, 3))
        types.push(all[at + 3] as number);
      if (types.some((type) => type === 1 || type === 3 || type === 7)) over.resolve();
    });
    socket.on('close', () => over.resolve());
    socket.write(Buffer.concat([preface, settings, ...bytes]));
    await over.promise;
    socket.destroy();
    return { types, raw: Buffer.concat(received) };
  }

  const headers = (fields: readonly string[], flags = 0x4): Buffer => frame(1, flags, 1, block(fields));
  const bad: ReadonlyArray<readonly [string, Buffer[]]> = [
    ['an upper-case field name', [headers([...base, 'X-Upper', '1'], 0x5)]],
    ['a connection field', [headers([...base, 'connection', 'close'], 0x5)]],
    ['transfer-encoding', [headers([...base, 'transfer-encoding', 'chunked'], 0x5)]],
    ['te other than trailers', [headers([...base, 'te', 'gzip'], 0x5)]],
    ['a repeated pseudo field', [headers([...base, ':path', '/b'], 0x5)]],
    ['a pseudo field after a field', [headers([...base.slice(0, 6), 'x-a', '1', ':authority', 'a'], 0x5)]],
    ['an unknown pseudo field', [headers([...base, ':status', '200'], 0x5)]],
    ['no path', [headers([':method', 'GET', ':scheme', 'http', ':authority', 'a'], 0x5)]],
    ['an empty path', [headers([':method', 'GET', ':scheme', 'http', ':path', '', ':authority', 'a'], 0x5)]],
    [
      'a path without slash',
      [headers([':method', 'GET', ':scheme', 'http', ':path', 'a', ':authority', 'a'], 0x5)],
    ],
    [
      'a path with a blank',
      [headers([':method', 'GET', ':scheme', 'http', ':path', '/a b', ':authority', 'a'], 0x5)],
    ],
    ['an authority with a comma', [headers([...base.slice(0, 6), ':authority', 'a,b'], 0x5)]],
    ['an authority with a port beyond 65535', [headers([...base.slice(0, 6), ':authority', 'a:65536'], 0x5)]],
    ['a host with a comma and no authority', [headers([...base.slice(0, 6), 'host', 'a,b'], 0x5)]],
    ['two different content-lengths', [headers([...base, 'content-length', '1', 'content-length', '2'])]],
    [
      'more DATA than its content-length',
      [headers([...base, 'content-length', '1']), frame(0, 1, 1, Buffer.from('abc'))],
    ],
    [
      'less DATA than its content-length',
      [headers([...base, 'content-length', '9']), frame(0, 1, 1, Buffer.from('abc'))],
    ],
    ['a window update of zero', [headers(base), frame(8, 0, 1, Buffer.alloc(4))]],
    ['a window overflow', [headers(base), frame(8, 0, 1, Buffer.from([0x7f, 0xff, 0xff, 0xff]))]],
    ['DATA on an idle stream', [frame(0, 0, 5, Buffer.from('x'))]],
    ['a CONTINUATION without HEADERS', [frame(9, 4, 1, block(base))]],
    ['an HPACK index that does not exist', [frame(1, 5, 1, Buffer.from([0xff, 0xff, 0x0f]))]],
    [
      'an HPACK bomb',
      [
        // One field of 3900 octets, entered into the table, then named 90 times by an octet each.
        frame(
          1,
          0x5,
          1,
          Buffer.concat([
            block(base),
            Buffer.of(0x40, 3),
            Buffer.from('x-a', 'latin1'),
            Buffer.of(0x7f, 0xbd, 0x1d),
            Buffer.alloc(3900, 'a'),
            Buffer.alloc(90, 0xbe),
          ]),
        ),
      ],
    ],
    ['an oversize table update', [frame(1, 5, 1, Buffer.from([0x3f, 0xff, 0xff, 0xff, 0x07]))]],
  ];
  for (const [what, frames] of bad)
    it(`answers ${what} with a reset or GOAWAY, never with a response`, async () => {
      await withServer(
        (stream, recorder) => void recorder.ended.promise.then(() => answerOk(stream)),
        async ({ port }) => {
          const { types } = await exchange(port, frames);
          assert.ok(types.includes(3) || types.includes(7), `frames ${types.join(',')}`);
          assert.ok(!types.includes(1), `frames ${types.join(',')}`);
        },
      );
    });

  it('resets a request with a line break in a value, and tells why', async () => {
    await withServer(answerOk, async ({ port, requests, rejected }) => {
      const { types } = await exchange(port, [headers([...base, 'x-a', 'b\r\nx: y', 'x-b', 'c'], 0x5)]);
      assert.ok(types.includes(3));
      assert.deepEqual([requests.length, rejected], [0, ['http2.violation.of.messaging.rule']]);
    });
  });

  it('refuses streams beyond the limit so that they may be sent again', async () => {
    await withServer(
      () => undefined,
      async ({ port, requests }) => {
        const head = block([':method', 'GET', ...base.slice(2)]);
        const { types, raw } = await exchange(port, [
          frame(1, 5, 1, head),
          frame(1, 5, 3, head),
          frame(1, 5, 5, head),
        ]);
        assert.equal(requests.length, 2);
        assert.ok(types.includes(3));
        let at = 0;
        while (raw[at + 3] !== 3) at += 9 + raw.readUIntBE(at, 3);
        assert.equal(raw.readUInt32BE(at + 5), 5);
        assert.equal(raw.readUInt32BE(at + 9), constants.NGHTTP2_REFUSED_STREAM);
      },
      { maxConcurrentStreams: 2 },
    );
  });

  for (const how of ['abort', 'destroy'] as const)
    it(`never marks a response as whole that ends by ${how}`, async () => {
      await withServer(
        (stream) => {
          stream.sendHead({ status: 200, headers: [], bodyLength: 100 }, false);
          stream.sendData(Buffer.from('partial'));
        },
        async ({ port, requests, connections }) => {
          const socket = connectTcp(port, '127.0.0.1');
          let bytes = Buffer.alloc(0);
          const { promise: over, resolve } = Promise.withResolvers<void>();
          socket.on('close', resolve);
          socket.on('data', (chunk: Buffer) => {
            bytes = Buffer.concat([bytes, chunk]);
            if (!bytes.includes('partial')) return;
            if (how === 'abort') (requests[0] as ServerStream).abort();
            else connections.at(-1)?.destroy();
            setImmediate(resolve);
          });
          socket.write(
            Buffer.concat([preface, settings, headers([':method', 'GET', ...base.slice(2)], 0x5)]),
          );
          await over;
          await new Promise((resolve) => setImmediate(resolve));
          for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
            assert.ok(bytes[at + 3] !== 0 || bytes[at + 4] === 0, 'DATA with END_STREAM');
          socket.destroy();
        },
      );
    });

  const floods: ReadonlyArray<readonly [string, () => Buffer[]]> = [
    [
      'CONTINUATION frames',
      () => [frame(1, 0, 1, block(base)), ...repeat(frame(9, 0, 1, block(['x-a', 'b'.repeat(90)])), 2000)],
    ],
    ['SETTINGS frames', () => repeat(settings, 20_000)],
    ['PING frames', () => repeat(frame(6, 0, 0, Buffer.alloc(8)), 20_000)],
    [
      'empty DATA frames',
      () => [
        frame(1, 4, 1, block(base)),
        ...repeat(frame(0, 0, 1), 20_000),
        frame(0, 0, 9, Buffer.from('x')),
      ],
    ],
  ];
  for (const [what, make] of floods)
    it(`survives a flood of ${what}`, async () => {
      await withServer(
        (stream, recorder) => void recorder.ended.promise.then(() => answerOk(stream)),
        async ({ port, session }) => {
          await Promise.race([
            exchange(port, make()),
            new Promise((resolve) => setTimeout(resolve, 1500).unref()),
          ]);
          const request = session.request({ ':path': '/' });
          assert.equal((await collect(request)).body, 'ok');
        },
      );
    });
});

function repeat(buffer: Buffer, times: number): Buffer[] {
  return Array.from({ length: times }, () => buffer);
}
