import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { ManualClock } from '../../core/manual-clock.ts';
import { toBaseUrl } from './base-url.ts';
import { createHttpClient, type HttpCall, type HttpClient, type HttpClientOptions } from './http-client.ts';

/** Bytes of an answer with a body. */
function answerBytes(body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

describe('createHttpClient', () => {
  const servers: Server[] = [];
  const clients: HttpClient[] = [];
  const sockets = new Set<Socket>();

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  /** A server that hands every request's bytes, one request a chunk, to the test. */
  async function listen(onRequest: (socket: Socket, text: string) => void): Promise<string> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => onRequest(socket, chunk.toString('latin1')));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // A listening TCP server has an address with a port.
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  function newClient(options: HttpClientOptions = {}, clock = systemClock): HttpClient {
    const client = createHttpClient(clock, options);
    clients.push(client);
    return client;
  }
  const get = (url: string, changes: Partial<HttpCall> = {}): HttpCall => ({
    method: 'GET',
    url,
    headers: {},
    timeoutMs: 5000,
    ...changes,
  });

  it('keeps the connection for the next call', async () => {
    const seen = new Set<Socket>();
    const url = await listen((socket) => {
      seen.add(socket);
      socket.write(answerBytes('ok'));
    });
    const client = newClient();
    await client.send(get(url));
    const result = await client.send(get(url));
    assert.deepEqual([result.kind === 'answer' && result.body.toString(), seen.size], ['ok', 1]);
  });

  it('asks again on a fresh connection when the kept one has gone', async () => {
    let count = 0;
    const url = await listen((socket) => {
      if (++count === 2) socket.resetAndDestroy();
      else socket.write(answerBytes('ok'));
    });
    const client = newClient();
    await client.send(get(url));
    assert.equal((await client.send(get(url))).kind, 'answer');
    assert.equal(count, 3);
  });

  it('does not ask again when a fresh connection ends', async () => {
    let count = 0;
    const url = await listen((socket) => {
      count++;
      socket.destroy();
    });
    const result = await newClient().send(get(url));
    assert.deepEqual([result.kind === 'failed' && result.reason, count], ['reset', 1]);
  });

  it('fails on an answer that is cut short', async () => {
    const url = await listen((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
    const result = await newClient().send(get(url));
    assert.equal(result.kind === 'failed' && result.reason, 'reset');
  });

  it('fails on an answer that is no HTTP', async () => {
    const url = await listen((socket) => socket.end('SSH-2.0-nonsense\r\n\r\n'));
    assert.equal((await newClient().send(get(url))).kind, 'failed');
  });

  it('fails on an answer that is too large', async () => {
    const url = await listen((socket) => socket.write(answerBytes('x'.repeat(101))));
    const result = await newClient({ maxResponseBytes: 100 }).send(get(url));
    assert.deepEqual(
      [result.kind === 'failed' && result.reason, result.kind === 'failed' && result.detail],
      ['reset', 'answer too large'],
    );
  });

  it('gives up when the answer does not come in time', async () => {
    const clock = new ManualClock();
    let arrived: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (arrived = resolve));
    const url = await listen(() => arrived?.());
    const pending = newClient({}, clock).send(get(url, { timeoutMs: 1000 }));
    await asked;
    clock.advance(1000);
    const result = await pending;
    assert.deepEqual([result.kind === 'failed' && result.reason, clock.pendingTimers], ['timeout', 0]);
  });

  it('gives up when the answer trickles past its time', async () => {
    const clock = new ManualClock();
    const url = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\na');
      setImmediate(() => clock.advance(1000));
    });
    const result = await newClient({}, clock).send(get(url, { timeoutMs: 1000 }));
    assert.equal(result.kind === 'failed' && result.reason, 'timeout');
  });

  it('ends when the signal aborts', async () => {
    const abort = new AbortController();
    const url = await listen(() => abort.abort());
    const result = await newClient().send(get(url, { signal: abort.signal }));
    assert.equal(result.kind === 'failed' && result.detail, 'aborted');
  });

  it('does not begin under a signal that has aborted', async () => {
    let count = 0;
    const url = await listen(() => count++);
    const result = await newClient().send(get(url, { signal: AbortSignal.abort() }));
    assert.deepEqual([result.kind, count], ['failed', 0]);
  });

  for (const [name, call] of [
    ['an unusable URL', get('http://[')],
    ['a header with a line break', get('http://127.0.0.1:1/', { headers: { authorization: 'a\r\nb' } })],
  ] as const)
    it(`fails on ${name} instead of throwing`, async () => {
      assert.equal((await newClient().send(call)).kind, 'failed');
    });

  it('sends the length of a body, an empty one too', async () => {
    let text = '';
    const url = await listen((socket, chunk) => {
      text = chunk;
      socket.write(answerBytes(''));
    });
    await newClient().send({ method: 'POST', url, headers: {}, body: new Uint8Array(0), timeoutMs: 5000 });
    assert.match(text, /content-length: 0\r\n/);
  });
});

describe('toBaseUrl', () => {
  for (const [text, expected] of [
    ['https://servicecontrol.googleapis.com', 'https://servicecontrol.googleapis.com'],
    ['servicecontrol.googleapis.com', 'https://servicecontrol.googleapis.com'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
  ] as const)
    it(`makes ${expected} of ${text}`, () => assert.equal(toBaseUrl(text), expected));
});
