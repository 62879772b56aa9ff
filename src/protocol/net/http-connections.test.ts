import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { ClientHttp2Session } from 'node:http2';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestHttp1 } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { frame, frameFlag, frameType, headers, RawH2Peer } from '../../../test/helpers/raw-h2.ts';
import type { ServerStream } from '../http/stream.ts';
import { generateCertificate } from './certificate.ts';
import { createHttp1ServerSettings } from '../http1/server-settings.ts';
import type { Http2Limits } from '../http2/http2-settings.ts';
import { defaultHttp2Limits } from '../http2/http2-settings.ts';
import { createHttpConnections } from './http-connections.ts';
import type { Listener, ListenerOptions } from './listener.ts';
import { createListener } from './listener.ts';

const run = promisify(execFile);
const pair = generateCertificate({ nowMs: Date.now(), keyType: 'ec' });
const tls = { certificates: [{ kind: 'pem', ...pair }] } as const;

/** Answers with what was asked and how. */
function describeRequest(stream: ServerStream): void {
  const { method, target, version, scheme } = stream.request;
  let body = '';
  stream.handler = {
    onBody(chunk) {
      body += chunk.toString('latin1');
    },
    onBodyEnd() {
      const text = `${method} ${target} ${version} ${scheme} ${body}`;
      stream.sendHead(
        { status: 200, headers: ['content-type', 'text/plain'], bodyLength: text.length },
        false,
      );
      stream.sendData(Buffer.from(text));
      stream.sendEnd();
    },
    onDrain: () => undefined,
    onAbort: () => undefined,
    onComplete: () => undefined,
  };
}

type TestOptions = ListenerOptions & { readonly http2?: Partial<Http2Limits> };

async function withListener(
  options: TestOptions,
  test: (listener: Listener, rejected: string[]) => Promise<void>,
  onRequest: (stream: ServerStream) => void = describeRequest,
): Promise<void> {
  const rejected: string[] = [];
  const http2 = { ...defaultHttp2Limits, ...options.http2 };
  const listener = await createListener(
    { host: '127.0.0.1', ...options },
    createHttpConnections(
      { http1: createHttp1ServerSettings(), http2 },
      {
        onRequest,
        onRejection: ({ details }) => rejected.push(details),
        onReset: (reason) => rejected.push(reason),
      },
    ),
  );
  try {
    await test(listener, rejected);
  } finally {
    await listener.close();
  }
}

function get(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = requestHttp1({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
    request.end();
  });
}

function getHttp2(session: ClientHttp2Session, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = session.request({ ':path': path });
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => resolve(body));
    request.on('error', reject);
  });
}

describe('createHttpConnections', () => {
  it('speaks HTTP/1.1 and HTTP/2 on one port', async () => {
    await withListener({}, async ({ port }) => {
      assert.equal(await get(port, '/a'), 'GET /a HTTP/1.1 http ');
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      assert.equal(await getHttp2(session, '/b'), 'GET /b HTTP/2 http ');
      session.destroy();
    });
  });

  it('lets go of an HTTP/2 connection whose client has closed its half', async () => {
    await withListener({}, async (listener) => {
      const socket = connectTcp({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true });
      socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
      await new Promise((resolve) => socket.once('data', resolve));
      socket.end();
      while (listener.connections > 0) await new Promise(setImmediate);
    });
  });

  it('tells of what its codecs refuse', async () => {
    await withListener({}, async ({ port }, rejected) => {
      const socket = connectTcp(port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\nhost: a\r\nx_y: 1\r\n\r\n');
      await new Promise((resolve) => socket.once('data', resolve));
      socket.destroy();
      const session = connectHttp2(`http://127.0.0.1:${port}`);
      const request = session.request({ ':path': '/', x_y: '1' });
      request.on('error', () => undefined);
      await new Promise((resolve) => request.once('close', resolve));
      session.destroy();
      assert.deepEqual(rejected, ['http1.unexpected_underscore', 'http2.unexpected_underscore']);
    });
  });

  it('closes an HTTP/2 connection after the response when the exchange asks for it', async () => {
    await withListener(
      { http2: { drainGraceMs: 1 } },
      async ({ port }) => {
        const session = connectHttp2(`http://127.0.0.1:${port}`);
        const closed = new Promise((resolve) => session.once('close', resolve));
        await getHttp2(session, '/');
        await closed;
      },
      (stream) => {
        stream.closeAfterResponse();
        describeRequest(stream);
      },
    );
  });

  it('drains HTTP/1.1 and HTTP/2 connections with requests under way', async () => {
    const streams: ServerStream[] = [];
    await withListener(
      { http2: { drainGraceMs: 1 } },
      async (listener) => {
        const session = connectHttp2(`http://127.0.0.1:${listener.port}`);
        const answers = [getHttp2(session, '/two'), get(listener.port, '/one')];
        while (streams.length < 2) await new Promise(setImmediate);
        const drained = listener.drain({ timeoutMs: 5000 });
        for (const stream of streams) stream.sendHead({ status: 200, headers: [], bodyLength: 0 }, true);
        await Promise.all(answers);
        await drained;
        assert.equal(listener.connections, 0);
      },
      (stream) => {
        streams.push(stream);
      },
    );
  });

  it('serves many TLS connections of both protocols', async () => {
    await withListener({ tls }, async ({ port }) => {
      const options = { ca: pair.cert };
      const session = connectHttp2(`https://localhost:${port}`, options);
      const bodies = await Promise.all(Array.from({ length: 50 }, (_, i) => getHttp2(session, `/${i}`)));
      assert.equal(bodies[49], 'GET /49 HTTP/2 https ');
      session.destroy();
    });
  });

  const clients: ReadonlyArray<readonly [string, string, (port: number) => string[], RegExp, TestOptions]> = [
    [
      'curl',
      'HTTP/1.1',
      (port) => ['-s', '-d', 'body', `http://127.0.0.1:${port}/x`],
      /^POST \/x HTTP\/1\.1 http body$/,
      {},
    ],
    [
      'curl',
      'h2c with prior knowledge',
      (port) => ['-s', '--http2-prior-knowledge', '-d', 'body', `http://127.0.0.1:${port}/x`],
      /^POST \/x HTTP\/2 http body$/,
      {},
    ],
    [
      'curl',
      'an upgrade to h2c that is not taken',
      (port) => ['-s', '--http2', `http://127.0.0.1:${port}/x`],
      /^GET \/x HTTP\/1\.1 http $/,
      {},
    ],
    [
      'curl',
      'h2 by ALPN',
      (port) => ['-sk', '--http2', `https://localhost:${port}/x`],
      /^GET \/x HTTP\/2 https $/,
      { tls },
    ],
    [
      'curl',
      'HTTP/1.1 by ALPN',
      (port) => ['-sk', '--http1.1', `https://localhost:${port}/x`],
      /^GET \/x HTTP\/1\.1 https $/,
      { tls },
    ],
  ];
  for (const [client, what, args, expected, options] of clients)
    it(`serves ${client} with ${what}`, async (context) => {
      await withListener({ ...options, host: '127.0.0.1' }, async ({ port }) => {
        const result = await run(client, args(port)).catch((error: NodeJS.ErrnoException) => error);
        if (result instanceof Error) {
          if (result.code === 'ENOENT') return context.skip(`${client} is not installed`);
          throw result;
        }
        return assert.match(result.stdout, expected);
      });
    });

  // What the sniffer has read is parsed at once: such a stream is destroyed before it is announced, and its error comes
  // after.
  it('survives a request over h2c that breaks in its first read', async () => {
    const fields = [
      ':method',
      'POST',
      ':scheme',
      'http',
      ':authority',
      'a',
      ':path',
      '/',
      'content-length',
      '9',
    ];
    const pairs = fields.flatMap((name, i) =>
      i % 2 === 0 ? [[name, fields[i + 1] as string] as const] : [],
    );
    await withListener({}, async ({ port }) => {
      const peer = await RawH2Peer.connect(port);
      peer.send(
        headers(1, pairs, frameFlag.endHeaders),
        frame(frameType.data, frameFlag.endStream, 1, 'abc'),
      );
      await peer.until((one) => one.type === frameType.rstStream);
      peer.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
      await peer.until((one) => one.type === frameType.ping);
      peer.destroy();
    });
  });
});
