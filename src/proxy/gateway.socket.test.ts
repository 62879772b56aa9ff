import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect as http2Connect } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { frame, frameFlag, frameType, headers, RawH2Peer } from '../../test/helpers/raw-h2.ts';
import { createEspV1Dialect } from './dialects/esp-v1/dialect.ts';
import { RawClient, createSocketGateway, startBackend } from './pipeline/testing/socket-gateway.ts';
import type { SocketGateway, SocketGatewayOptions } from './pipeline/testing/socket-gateway.ts';

describe('gateway over sockets', { timeout: 20_000 }, () => {
  const cleanups: Array<() => unknown> = [];

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  async function serve(
    listener: Parameters<typeof startBackend>[0],
    setup: Partial<SocketGatewayOptions> = {},
  ): Promise<SocketGateway> {
    const backend = await startBackend(listener);
    cleanups.push(
      () => backend.server.closeAllConnections(),
      () => backend.server.close(),
    );
    return serveAt(backend.port, setup);
  }

  async function serveAt(
    backendPort: number,
    setup: Partial<SocketGatewayOptions> = {},
  ): Promise<SocketGateway> {
    const served = await createSocketGateway({ backendPort, ...setup });
    cleanups.push(() => served.close());
    return served;
  }

  /** A backend that speaks bytes: `onData` gets each socket's text so far. */
  async function rawBackend(onData: (socket: Socket, text: string) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      let text = '';
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        onData(socket, text);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  function ask(
    port: number,
    options: { method?: string; path?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { body, path = '/echo', ...rest } = options;
      const request = httpRequest({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** As long as a number of other requests take: whatever could move has moved. */
  async function giveTime(port: number): Promise<void> {
    for (let i = 0; i < 50; i++) await ask(port, { path: '/nowhere' });
  }

  it('proxies a request with a body and the trailers of its response', async () => {
    const { port } = await serve((request, response) => {
      response.writeHead(200, { trailer: 'x-sum', 'content-type': 'text/plain' });
      request.on('data', (chunk: Buffer) => response.write(chunk.toString().toUpperCase()));
      request.on('end', () => {
        response.addTrailers({ 'x-sum': '5' });
        response.end();
      });
    });
    const client = new RawClient(port);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello');
    await client.until((text) => text.endsWith('\r\n\r\n') && text.includes('x-sum'));
    client.socket.destroy();
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(client.received, /\r\nserver: envoy\r\n/);
    assert.match(client.received, /HELLO/);
    assert.match(client.received, /0\r\nx-sum: 5\r\n\r\n$/);
  });

  it('tells the backend who asks and drops what only it may say', async () => {
    let seen: IncomingHttpHeaders = {};
    const { port } = await serve(
      (request, response) => {
        seen = request.headers;
        response.end();
      },
      { method: { allowUnregisteredCalls: false } },
    );
    await ask(port, {
      path: '/echo?key=k',
      headers: {
        'X-Endpoint-API-UserInfo': 'forged',
        'x-endpoint-api-consumer-number': '666',
        'X-Forwarded-Authorization': 'forged',
      },
    });
    assert.equal(seen['x-endpoint-api-userinfo'], undefined);
    assert.equal(seen['x-endpoint-api-consumer-number'], '123456');
    assert.equal(seen['x-forwarded-authorization'], undefined);
    assert.equal(seen['x-request-id'], 'request-1');
    assert.equal(seen['x-forwarded-proto'], 'http');
  });

  it('answers in the dialect of ESP v1 when the backend is down', async () => {
    const port = await rawBackend(() => undefined);
    await cleanups.pop()?.();
    const served = await serveAt(port, { dialect: createEspV1Dialect() });
    const answer = await ask(served.port);
    assert.equal(answer.status, 502);
    assert.equal(JSON.parse(answer.body).message, 'BAD_GATEWAY');
    assert.equal((await served.nextEnd()).responseFlags.slice(0, 2), 'UF');
  });

  it('tells a refused backend in ESPv2 words', async () => {
    const port = await rawBackend(() => undefined);
    await cleanups.pop()?.();
    const served = await serveAt(port);
    const answer = await ask(served.port);
    assert.equal(answer.status, 503);
    assert.equal(
      answer.body,
      '{"code":503,"message":"upstream connect error or disconnect/reset before headers. ' +
        'retried and the latest reset reason: remote connection failure, ' +
        'transport failure reason: delayed connect error: 111"}\n',
    );
    const exchange = await served.nextEnd();
    assert.equal(exchange.responseFlags, 'UF,URX');
    assert.equal(exchange.upstreamTransportFailure, 'delayed connect error: 111');
    assert.equal(
      exchange.responseCodeDetails,
      'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111}',
    );
  });

  it('answers 503 when the backend resets before its response', async () => {
    const port = await rawBackend((socket) => socket.resetAndDestroy());
    const served = await serveAt(port);
    const answer = await ask(served.port);
    assert.equal(answer.status, 503);
    assert.match(answer.body, /reset reason: connection termination/);
  });

  it('breaks the connection off when the backend ends in the middle of a response', async () => {
    const port = await rawBackend((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
    );
    const served = await serveAt(port);
    await assert.rejects(ask(served.port));
    const exchange = await served.nextEnd();
    assert.equal(exchange.responseStatus, 200);
    assert.match(exchange.responseCodeDetails, /^upstream_reset_after_response_started\{/);
  });

  it('answers 502 when the backend breaks the protocol', async () => {
    const port = await rawBackend((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'),
    );
    const served = await serveAt(port);
    const answer = await ask(served.port);
    assert.equal(answer.status, 502);
    assert.match(answer.body, /reset reason: protocol error/);
  });

  it('answers 504 when the backend does not answer in time', async () => {
    const port = await rawBackend(() => undefined);
    const served = await serveAt(port, {
      method: { backend: { ...anyBackend, deadlineMs: 50 } },
    });
    const answer = await ask(served.port);
    assert.equal(answer.status, 504);
    assert.equal(answer.body, '{"code":504,"message":"upstream request timeout"}\n');
    assert.equal((await served.nextEnd()).responseFlags, 'UT');
  });

  it('breaks a response off that passes the deadline in its body', async () => {
    const port = await rawBackend((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'),
    );
    const served = await serveAt(port, {
      method: { backend: { ...anyBackend, deadlineMs: 100 } },
    });
    await assert.rejects(ask(served.port));
    assert.equal((await served.nextEnd()).responseCodeDetails, 'response_timeout');
  });

  it('survives a backend that closes idle connections', async () => {
    const { port } = await serve((_request, response) => {
      response.end('ok');
      response.socket?.end();
    });
    for (let i = 0; i < 5; i++) assert.equal((await ask(port)).body, 'ok');
  });

  it('cancels the backend request when the client leaves', async () => {
    let arrived = (): void => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    let closed = (): void => undefined;
    const hasClosed = new Promise<void>((resolve) => (closed = resolve));
    const served = await serve((_request, response) => {
      response.on('close', () => closed());
      arrived();
    });
    const client = new RawClient(served.port);
    client.write('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
    await hasArrived;
    client.socket.destroy();
    await hasClosed;
    const exchange = await served.nextEnd();
    assert.equal(exchange.responseFlags, 'DC');
    assert.equal(exchange.responseStatus, 0);
    assert.equal(exchange.responseCodeDetails, 'downstream_remote_disconnect');
  });

  it('lets an early answer through and stays in step with the unread body', async () => {
    const { port } = await serve((request, response) => {
      if (request.method === 'POST') response.writeHead(413).end('no');
      else response.end('next');
    });
    const client = new RawClient(port);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n0123456789');
    await client.until((text) => text.includes('no'));
    client.write('0123456789GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
    await Promise.race([client.until((text) => text.includes('next')), client.closed]);
    client.socket.destroy();
    assert.match(client.received, /^HTTP\/1\.1 413 /);
    assert.doesNotMatch(client.received, /HTTP\/1\.1 400/);
  });

  it('does not take the rest of a refused body for a request', async () => {
    let requests = 0;
    const served = await serve(
      (_request, response) => {
        requests++;
        response.end('smuggled');
      },
      { method: { allowUnregisteredCalls: false } },
    );
    const inner = 'GET /echo?key=k HTTP/1.1\r\nHost: a\r\n\r\n';
    const client = new RawClient(served.port);
    client.write(`POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n`);
    await client.until((text) => text.includes('UNAUTHENTICATED'));
    client.write(inner);
    client.socket.end();
    await client.closed;
    assert.equal(requests, 0);
    assert.equal(served.ended.length, 1);
  });

  it('reads no faster from the backend than the client takes', async () => {
    const total = 64 * 1024 * 1024;
    let written = 0;
    const served = await serve((_request, response) => {
      const chunk = Buffer.alloc(256 * 1024);
      const fill = (): void => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', fill);
            return;
          }
        }
        response.end();
      };
      fill();
    });
    const client = new RawClient(served.port);
    client.write('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until((text) => text.length > 0);
    client.socket.pause();
    let before = -1;
    while (before !== written) {
      before = written;
      await giveTime(served.port);
    }
    assert.ok(written < total / 2, `${written} bytes were taken from the backend`);
    client.socket.destroy();
  });

  it('reads no faster from the client than the backend takes', async () => {
    const port = await rawBackend((socket) => socket.pause());
    const served = await serveAt(port);
    const client = new RawClient(served.port);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const piece = `10000\r\n${'x'.repeat(0x1_0000)}\r\n`;
    let sent = 0;
    const total = 64 * 1024 * 1024;
    let isDrained = true;
    client.socket.on('drain', () => (isDrained = true));
    while (sent < total && isDrained) {
      sent += piece.length;
      isDrained = client.socket.write(piece);
      if (!isDrained) await giveTime(served.port);
    }
    client.socket.destroy();
    assert.ok(sent < total / 2, `${sent} bytes were taken from the client`);
  });

  it('tunnels a WebSocket and reports it at its end', async () => {
    const port = await rawBackend((socket, text) => {
      if (text.endsWith('ping')) socket.write('pong');
      else if (text.endsWith('\r\n\r\n'))
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    });
    const served = await serveAt(port);
    const client = new RawClient(served.port);
    client.write(
      'GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await client.until((text) => text.includes('101 Switching'));
    assert.equal(served.controller.reports.length, 0);
    client.write('ping');
    await client.until((text) => text.endsWith('pong'));
    client.socket.end();
    const exchange = await served.nextEnd();
    assert.equal(exchange.responseStatus, 101);
    assert.equal(served.controller.reports[0]?.httpStatus, 101);
    assert.deepEqual(
      [exchange.responseFlags, exchange.responseCodeDetails],
      ['DC', 'downstream_remote_disconnect'],
    );
  });

  it('ends a tunnel whose backend has ended its half, with all that it sent', async () => {
    const port = await rawBackend((socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\ngoodbye',
      );
      socket.end();
    });
    const served = await serveAt(port);
    const client = new RawClient(served.port);
    client.write('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const exchange = await served.nextEnd();
    await client.closed;
    assert.match(client.received, /\r\n\r\ngoodbye$/);
    assert.deepEqual(
      [exchange.responseStatus, exchange.responseFlags, exchange.responseCodeDetails],
      [101, '', 'via_upstream'],
    );
  });

  it('passes the answer of a backend that refuses to upgrade', async () => {
    const port = await rawBackend((socket) =>
      socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno'),
    );
    const served = await serveAt(port);
    const client = new RawClient(served.port);
    client.write('GET /echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await client.until((text) => text.endsWith('no'));
    assert.match(client.received, /^HTTP\/1\.1 403 /);
    client.socket.end();
    assert.equal((await served.nextEnd()).responseStatus, 403);
  });

  for (const [name, response, expected] of [
    ['content-length and chunked', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n', 502],
    ['two different lengths', 'content-length: 1\r\ncontent-length: 2\r\n\r\nab', 502],
    ['a bad field name', 'bad name: 1\r\ncontent-length: 0\r\n\r\n', 502],
    ['a bare CR in a value', 'a: b\rc\r\ncontent-length: 0\r\n\r\n', 502],
    ['more than it announced', 'content-length: 2\r\n\r\nokHTTP/1.1 500 smuggled\r\n\r\n', 200],
  ] as const)
    it(`survives a backend response with ${name}`, async () => {
      const port = await rawBackend((socket) => socket.write(`HTTP/1.1 200 OK\r\n${response}`));
      const served = await serveAt(port);
      for (let i = 0; i < 2; i++) {
        const answer = await ask(served.port);
        assert.equal(answer.status, expected);
        assert.doesNotMatch(answer.body, /smuggled/);
      }
      assert.equal(served.gateway.activeExchanges, 0);
    });

  it('gives up on a storm of interim responses', async () => {
    const port = await rawBackend((socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)));
    const served = await serveAt(port);
    const answer = await ask(served.port);
    assert.equal(answer.status, 502);
  });

  for (const [status, length] of [
    [204, ''],
    [304, 'content-length: 5\r\n'],
  ] as const)
    it(`sends no body after ${status}, whatever the backend does`, async () => {
      const port = await rawBackend((socket) => socket.write(`HTTP/1.1 ${status} X\r\n${length}\r\nabcde`));
      const served = await serveAt(port);
      const answer = await ask(served.port);
      assert.deepEqual([answer.status, answer.body], [status, '']);
    });

  it('answers HEAD without a body and with the length of the refusal', async () => {
    const served = await serve((_request, response) => response.end());
    const answer = await ask(served.port, { method: 'HEAD', path: '/nowhere' });
    assert.deepEqual([answer.status, answer.headers['content-length'], answer.body], [404, '73', '']);
  });

  it('passes early hints on', async () => {
    const { port } = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end('ok');
    });
    const client = new RawClient(port);
    client.write('GET /echo HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.until((text) => text.endsWith('ok'));
    client.socket.destroy();
    assert.match(
      client.received,
      /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200/,
    );
  });

  it('answers a refused request head in the dialect and reports it', async () => {
    const served = await serve((_request, response) => response.end());
    const client = new RawClient(served.port);
    client.write('GET /echo HTTP/1.1\r\nHost: a\r\nBad_Name: 1\r\n\r\n');
    await client.closed;
    assert.match(client.received, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(client.received, /\{"code":400,"message":"Bad Request"\}\n$/);
    const exchange = await served.nextEnd();
    assert.equal(exchange.responseCodeDetails, 'http1.unexpected_underscore');
    assert.equal(served.controller.reports[0]?.operationName, '<Unknown Operation Name>');
    assert.equal(served.controller.reports[0]?.httpStatus, 400);
  });

  it('gives gRPC callers over HTTP/2 a trailers-only refusal', async () => {
    const { port } = await serve((_request, response) => response.end(), {
      method: { allowUnregisteredCalls: false },
    });
    const session = http2Connect(`http://127.0.0.1:${port}`);
    cleanups.push(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/echo',
      'content-type': 'application/grpc',
    });
    stream.end();
    const headers = await new Promise<Record<string, unknown>>((resolve) => {
      stream.on('response', resolve);
    });
    assert.equal(headers[':status'], 200);
    assert.equal(headers['grpc-status'], '16');
    assert.equal(headers['content-length'], undefined);
  });

  it('notes an HTTP/2 request that the codec resets', async () => {
    const served = await serve((_request, response) => response.end());
    const peer = await RawH2Peer.connect(served.port);
    const fields = [':method', ':scheme', ':authority', ':path', 'x_a'];
    const values = ['GET', 'http', 'a', '/', 'b'];
    peer.send(
      headers(
        1,
        fields.map((name, i) => [name, values[i] as string] as const),
      ),
    );
    await peer.until((one) => one.type === frameType.rstStream);
    const { responseStatus, responseFlags, responseCodeDetails, stream } = await served.nextEnd();
    assert.deepEqual(
      [responseStatus, responseFlags, responseCodeDetails, stream.request.version],
      [0, 'DPE', 'http2.unexpected_underscore', 'HTTP/2'],
    );
    peer.destroy();
  });

  it('notes an HTTP/2 request whose body breaks its own length', async () => {
    const served = await serve((_request, response) => response.end());
    const peer = await RawH2Peer.connect(served.port);
    const fields = [':method', ':scheme', ':authority', ':path', 'content-length'];
    const values = ['POST', 'http', 'a', '/echo', '5'];
    const head = fields.map((name, i) => [name, values[i] as string] as const);
    peer.send(headers(1, head, frameFlag.endHeaders), frame(frameType.ping, 0, 0, Buffer.alloc(8)));
    // In a read of its own: the request has been announced by then.
    await peer.until((one) => one.type === frameType.ping);
    peer.send(frame(frameType.data, frameFlag.endStream, 1, 'abc'));
    const { responseStatus, responseFlags, responseCodeDetails } = await served.nextEnd();
    assert.deepEqual(
      [responseStatus, responseFlags, responseCodeDetails],
      [0, 'DPE', 'http2.violation.of.messaging.rule'],
    );
    peer.destroy();
  });

  it('loses no request while the config is swapped under load', async () => {
    const served = await serve((_request, response) => response.end('ok'));
    const load = new AbortController();
    const client = async (): Promise<number> => {
      let answered = 0;
      while (!load.signal.aborted) {
        const answer = await ask(served.port);
        assert.equal(answer.status, 200);
        answered++;
      }
      return answered;
    };
    const clients = Array.from({ length: 8 }, client);
    for (let i = 1; i <= 50; i++) {
      served.swap(`r${i}`);
      await ask(served.port);
    }
    load.abort();
    const answered = (await Promise.all(clients)).reduce((sum, count) => sum + count, 0);
    assert.ok(answered > 50, String(answered));
    await served.gateway.idle();
    assert.equal(served.released.length, 50);
    assert.equal(served.gateway.configs.length, 1);
  });
});

const anyBackend = {
  cluster: 'local',
  protocol: 'http/1.1',
  pathTranslation: undefined,
  hostRewrite: undefined,
  deadlineMs: 15_000,
  idleTimeoutMs: 300_000,
  jwtAudience: undefined,
} as const;
