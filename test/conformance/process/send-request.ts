import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { encodeShelf, grpcFrame } from './grpc-backend.ts';
import type { SentRequest } from './process-case.ts';
import type { TestCertificates } from './test-certificates.ts';

/** What came back; `error` is the code of the failure when nothing did. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
  readonly error?: string;
  /** Text of WebSocket messages. */
  readonly received?: string;
}

const waitMs = 20_000;

/** Sends one request to the proxy as `sent` says. */
export async function sendRequest(
  port: number,
  sent: SentRequest,
  certificates: TestCertificates,
): Promise<Answer> {
  try {
    if (sent.websocket !== undefined) return await overWebSocket(port, sent);
    if (sent.grpc === true) return await overHttp2(port, grpcRequest(sent), certificates);
    if (sent.over === 'h2' || sent.over === 'h2c') return await overHttp2(port, sent, certificates);
    return await overHttp1(port, sent, certificates);
  } catch (error) {
    const { code } = error as { code?: string };
    return { ...noAnswer, error: code ?? String(error) };
  }
}

const noAnswer: Answer = { status: 0, headers: {}, body: Buffer.alloc(0), trailers: {} };

function bodyOf(sent: SentRequest): Buffer | undefined {
  if (sent.body === undefined) return undefined;
  return Buffer.from(typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body));
}

async function overHttp1(port: number, sent: SentRequest, certificates: TestCertificates): Promise<Answer> {
  const body = bodyOf(sent);
  const options = {
    host: '127.0.0.1',
    port,
    method: sent.method ?? 'GET',
    path: sent.path,
    agent: false,
    headers: {
      ...(body !== undefined && { 'content-length': String(body.length) }),
      ...sent.headers,
    },
    signal: AbortSignal.timeout(waitMs),
  } as const;
  const request =
    sent.over === 'https'
      ? httpsRequest({ ...options, ...tlsOptions(sent, certificates) })
      : httpRequest(options);
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks),
    trailers: response.trailers as Record<string, string>,
  };
}

function tlsOptions(
  sent: SentRequest,
  certificates: TestCertificates,
): { ca: string; servername: string; cert?: string; key?: string } {
  const pair = sent.certificate === 'known' ? certificates.client : certificates.unknownClient;
  return { ca: certificates.ca, servername: 'localhost', ...(sent.certificate !== undefined && pair) };
}

function grpcRequest(sent: SentRequest): SentRequest {
  const headers = { 'content-type': 'application/grpc', te: 'trailers', ...sent.headers };
  return { ...sent, method: 'POST', headers };
}

async function overHttp2(port: number, sent: SentRequest, certificates: TestCertificates): Promise<Answer> {
  const isTls = sent.over === 'h2';
  const session = connectHttp2(
    `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`,
    isTls ? tlsOptions(sent, certificates) : {},
  );
  const failed = once(session, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  try {
    const stream = session.request(
      { ':method': sent.method ?? 'GET', ':path': sent.path, ...sent.headers },
      { signal: AbortSignal.timeout(waitMs) },
    );
    const trailers: Record<string, string> = {};
    stream.on('trailers', (fields) => Object.assign(trailers, fields));
    stream.end(sent.grpc === true ? grpcFrame(encodeShelf(Number(sent.body ?? 0), '')) : bodyOf(sent));
    const [headers] = (await Promise.race([once(stream, 'response'), failed])) as [
      IncomingHttpHeaders & { ':status'?: number },
    ];
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return {
      status: headers[':status'] ?? 0,
      headers,
      body: Buffer.concat(chunks),
      // A gRPC answer without messages has its trailers in the head.
      trailers: 'grpc-status' in headers ? (headers as Record<string, string>) : trailers,
    };
  } finally {
    session.close();
  }
}

/** RFC 6455: text frames out, the text of as many frames in, then our end. */
async function overWebSocket(port: number, sent: SentRequest): Promise<Answer> {
  const messages = sent.websocket ?? [];
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path: sent.path,
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...sent.headers,
    },
    signal: AbortSignal.timeout(waitMs),
  });
  request.end();
  const outcome = await Promise.race([once(request, 'upgrade'), once(request, 'response')]);
  const [response, socket] = outcome as [IncomingMessage, Socket?];
  if (socket === undefined) {
    response.resume();
    return { ...noAnswer, status: response.statusCode ?? 0, headers: response.headers };
  }
  const wanted = messages.join('').length;
  let pending = Buffer.alloc(0);
  let received = '';
  const done = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + (pending[1] as number)) {
        const length = pending[1] as number;
        received += pending.toString('utf8', 2, 2 + length);
        pending = pending.subarray(2 + length);
      }
      if (received.length >= wanted) resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed before all messages came back')));
  });
  for (const message of messages) socket.write(textFrame(message));
  await done;
  socket.end();
  socket.destroy();
  return { ...noAnswer, status: 101, headers: response.headers, received };
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] as number));
  return Buffer.concat([Buffer.of(0x81, 0x80 | payload.length), mask, masked]);
}
