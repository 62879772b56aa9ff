import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { systemErrorCode } from '../../../src/core/errors.ts';
import type { CertificatePair } from '../../../src/protocol/net/certificate.ts';
import type { BackendAnswers, BackendKind } from './process-case.ts';
import type { TestCertificates } from './test-certificates.ts';
import { answerGrpc } from './grpc-backend.ts';

/** A request as the backend saw it. Header names are lower case. */
export interface SeenByBackend {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The API behind the proxy. */
export interface EchoBackend {
  readonly port: number;
  /** Since the last {@link begin}. */
  readonly seen: readonly SeenByBackend[];
  /** Forgets what it saw and answers as a case wants. */
  begin(answers: BackendAnswers): void;
  close(): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** Starts one on a free port of this machine, on both address families where there are two. */
export async function startEchoBackend(
  kind: BackendKind,
  certificates: TestCertificates,
): Promise<EchoBackend> {
  let seen: SeenByBackend[] = [];
  let answers: BackendAnswers = {};
  const onRequest = (request: Request, response: Response): void => {
    seen.push({ method: request.method ?? '', target: request.url ?? '', headers: flatHeaders(request) });
    const { fails } = answers;
    if (kind === 'grpc' || kind === 'grpcs')
      answerGrpc(request as Http2ServerRequest, response as Http2ServerResponse);
    else if (fails !== undefined && seen.length <= fails.times) end(response, fails.status, 'failed as told');
    else void answer(request, response, seen.length);
  };
  const servers: Server[] = [];
  const first = createServerOf(kind, certificates, onRequest);
  first.listen(0, '127.0.0.1');
  await once(first, 'listening');
  servers.push(first);
  const { port } = first.address() as AddressInfo;
  if (kind === 'plain') {
    const second = createServerOf(kind, certificates, onRequest);
    second.listen(port, '::1');
    // A machine without IPv6 does without.
    await once(second, 'listening').then(
      () => servers.push(second),
      () => undefined,
    );
  }
  return {
    port,
    get seen() {
      return seen;
    },
    begin(next) {
      seen = [];
      answers = next;
    },
    async close() {
      for (const server of servers) {
        if ('closeAllConnections' in server)
          (server as unknown as { closeAllConnections(): void }).closeAllConnections();
        server.close();
      }
      await Promise.resolve();
    },
  };
}

function createServerOf(
  kind: BackendKind,
  certificates: TestCertificates,
  onRequest: (request: Request, response: Response) => void,
): Server {
  if (kind === 'plain' || kind === 'down') {
    const server = createServer(onRequest);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => acceptWebSocket(request, socket));
    return server;
  }
  if (kind === 'grpc') return createHttp2Server(onRequest);
  const pair = pairOf(kind, certificates);
  if (kind === 'tls-http1') return createHttpsServer(pair, onRequest);
  const asksClients = kind === 'mtls' || kind === 'mtls-other-ca';
  const server = createSecureServer(
    {
      ...pair,
      allowHTTP1: kind !== 'grpcs',
      ...(asksClients && {
        requestCert: true,
        ca: kind === 'mtls' ? certificates.ca : certificates.unknownCa,
      }),
    },
    onRequest,
  );
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  return server;
}

function pairOf(kind: BackendKind, certificates: TestCertificates): CertificatePair {
  if (kind === 'tls-other-ca') return certificates.unknownServer;
  return kind === 'tls-other-name' ? certificates.otherNamed : certificates.server;
}

function flatHeaders(request: Request): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      flat[name] = Array.isArray(value) ? value.join(';') : value;
  }
  return flat;
}

async function answer(request: Request, response: Response, number: number): Promise<void> {
  const target = request.url ?? '';
  const url = new URL(target, 'http://backend.invalid');
  const body = await readAll(request);
  if (body === undefined) return;
  if (request.method === 'OPTIONS') return answerPreflight(response);
  const [, status] = /^\/simpleget\/(\d{3})$/.exec(url.pathname) ?? [];
  if (status !== undefined) return end(response, Number(status), '');
  if (url.pathname.startsWith('/simpleget')) return end(response, 200, 'simple get message');
  if (url.pathname.endsWith('/ipversion'))
    return end(response, 200, (request.socket.remoteAddress ?? '').includes('.') ? 'IPv4' : 'IPv6');
  if (url.pathname.endsWith('/echoHeader')) return echoHeaders(request, response);
  if (url.pathname === '/large') return end(response, 200, JSON.stringify({ text: 'large '.repeat(500) }));
  if (url.pathname.startsWith('/sleep')) return await answerLate(url, response, number);
  if (url.pathname.startsWith('/bearertoken')) return echoAuthorization(request, response);
  if (url.pathname.startsWith('/v1/shelves')) return answerShelves(url.pathname, response);
  if (url.pathname === '/health/check') return end(response, 200, JSON.stringify({ status: 'SERVING' }));
  if (body.length > 0) return end(response, 200, body);
  return end(response, 200, JSON.stringify({ RequestURI: target }));
}

/** The body of a request; undefined when it was cut off. */
async function readAll(request: Request): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch (error) {
    if (systemErrorCode(error) === 'ECONNRESET') return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString();
}

function end(response: Response, status: number, body: string): void {
  const headers = { 'content-type': body.startsWith('{') ? 'application/json' : 'text/plain' };
  const plain = response as ServerResponse;
  plain.writeHead(status, headers);
  plain.end(status === 304 ? undefined : body);
}

function answerPreflight(response: Response): void {
  const plain = response as ServerResponse;
  plain.writeHead(204, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, OPTIONS',
    'access-control-allow-headers': 'Authorization',
    'access-control-expose-headers': 'Cache-Control,Content-Type,Authorization, X-PINGOTHER',
    'access-control-allow-credentials': 'true',
  });
  plain.end();
}

/** Every field of the request comes back as `echo-<name>`. */
function echoHeaders(request: Request, response: Response): void {
  const plain = response as ServerResponse;
  const raw = request.rawHeaders;
  const values = new Map<string, string[]>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    if (!name.startsWith(':')) values.set(name, [...(values.get(name) ?? []), raw[i + 1] as string]);
  }
  for (const [name, each] of values) plain.setHeader(`echo-${name}`, each.join(';'));
  plain.writeHead(200);
  plain.end();
}

function echoAuthorization(request: Request, response: Response): void {
  const moved = request.headers['x-forwarded-authorization'];
  end(
    response,
    200,
    JSON.stringify({
      Authorization: request.headers.authorization ?? '',
      RequestURI: request.url,
      ...(moved !== undefined && { 'X-Forwarded-Authorization': moved }),
    }),
  );
}

/** `?duration=MS` until the answer; from request number `skipafter` + 1 on it comes at once. */
async function answerLate(url: URL, response: Response, number: number): Promise<void> {
  const skipAfter = Number(url.searchParams.get('skipafter') ?? Number.POSITIVE_INFINITY);
  const delayMs = number > skipAfter ? 0 : Number(url.searchParams.get('duration') ?? 0);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    // Who is gone need not be waited for.
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  if (!(response as ServerResponse).writableEnded && !(response as ServerResponse).destroyed)
    end(response, 200, 'slept');
}

const shelves = [
  { id: '100', theme: 'Kids' },
  { id: '200', theme: 'Classic' },
];

function answerShelves(path: string, response: Response): void {
  const [, id, rest] = /^\/v1\/shelves(?:\/([^/]+))?(\/books)?$/.exec(path) ?? [];
  if (rest !== undefined)
    return end(response, 200, JSON.stringify({ books: [{ id: '1001', title: 'Alphabet' }] }));
  if (id === undefined) return end(response, 200, JSON.stringify({ shelves }));
  const shelf = shelves.find((each) => each.id === id);
  return end(response, shelf === undefined ? 404 : 200, JSON.stringify(shelf ?? {}));
}

const webSocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** RFC 6455: accepts, and echoes whatever frames come, unmasked. Frames are short and whole. */
function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}${webSocketGuid}`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  );
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 6) {
      const length = (pending[1] as number) & 0x7f;
      if (pending.length < 6 + length) return;
      const mask = pending.subarray(2, 6);
      const payload = Buffer.from(
        pending.subarray(6, 6 + length).map((byte, i) => byte ^ (mask[i % 4] as number)),
      );
      socket.write(Buffer.concat([Buffer.of(pending[0] as number, length), payload]));
      pending = pending.subarray(6 + length);
    }
  });
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
}
