import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../core/clock.ts';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import { nodeHttp } from '../../protocol/http/node-http.ts';

/** One call. The body goes out with its length; header names are lower case. */
export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For the whole exchange, connecting included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** An answer of any status, or why there is none. */
export type HttpResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly reasonPhrase: string;
      readonly contentType: string;
      readonly body: Buffer;
    }
  /** `detail`: the system's error code or a short text, for logs and replies. */
  | { readonly kind: 'failed'; readonly reason: 'refused' | 'timeout' | 'reset'; readonly detail: string };

/** Calls to control APIs over kept-alive HTTP/1.1 connections. Never rejects. */
export interface HttpClient extends Closeable {
  send(call: HttpCall): Promise<HttpResult>;
}

export interface HttpClientOptions {
  /** Connections per origin; further calls wait for one, within their timeout. Default 64. */
  readonly maxSockets?: number;
  /** A longer answer fails the call as `reset`. Default 4 MiB, the size of a large service config. */
  readonly maxResponseBytes?: number;
  /** PEM roots instead of the system's. ESPv2: `ssl_sidestream_client_root_certs_path`. */
  readonly ca?: string;
}

const defaultMaxSockets = 64;
const defaultMaxResponseBytes = 4 * 1024 * 1024;

/** An HTTP client for the control side. It is not the data path: plain agents are fast enough here. */
export function createHttpClient(clock: Clock, options: HttpClientOptions = {}): HttpClient {
  const agentOptions = { keepAlive: true, maxSockets: options.maxSockets ?? defaultMaxSockets };
  const http = new nodeHttp.Agent(agentOptions);
  const https = new HttpsAgent(options.ca === undefined ? agentOptions : { ...agentOptions, ca: options.ca });
  const maxBytes = options.maxResponseBytes ?? defaultMaxResponseBytes;
  const open = (call: HttpCall): ClientRequest => {
    const head = { method: call.method, headers: withLength(call) };
    return call.url.startsWith('https:')
      ? httpsRequest(call.url, { ...head, agent: https })
      : nodeHttp.request(call.url, { ...head, agent: http });
  };
  const sendOnce = (call: HttpCall, timeoutMs: number): Promise<Attempt> =>
    new Promise((resolve) => runAttempt({ call, timeoutMs, maxBytes, clock, open, resolve }));
  return {
    async send(call) {
      const startedMs = clock.monotonicMs();
      const first = await sendOnce(call, call.timeoutMs);
      // A kept-alive connection that the server closed meanwhile says nothing about the server: ask on a fresh one.
      if (!first.onStaleConnection) return first.result;
      const leftMs = call.timeoutMs - (clock.monotonicMs() - startedMs);
      return (await sendOnce(call, Math.max(1, leftMs))).result;
    },
    close() {
      http.destroy();
      https.destroy();
      return Promise.resolve();
    },
  };
}

interface Attempt {
  readonly result: HttpResult;
  readonly onStaleConnection: boolean;
}

interface AttemptOptions {
  readonly call: HttpCall;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly open: (call: HttpCall) => ClientRequest;
  readonly resolve: (attempt: Attempt) => void;
}

function runAttempt({ call, timeoutMs, maxBytes, clock, open, resolve }: AttemptOptions): void {
  let isConnected = false;
  let isSettled = false;
  const settle = (result: HttpResult, onStaleConnection = false): void => {
    if (isSettled) return;
    isSettled = true;
    timer.cancel();
    call.signal?.removeEventListener('abort', abort);
    resolve({ result, onStaleConnection });
  };
  const fail = (reason: 'refused' | 'timeout' | 'reset', detail: string): void => {
    settle({ kind: 'failed', reason, detail });
    request?.destroy();
  };
  const abort = (): void => fail('reset', 'aborted');
  const timer = clock.setTimer(timeoutMs, () => fail('timeout', 'no answer in time'));
  let request: ClientRequest | undefined;
  try {
    request = open(call);
  } catch (error) {
    // An unusable URL or header value, which is this side's mistake and no answer either.
    fail('refused', errorMessage(error));
    return;
  }
  const sent = request;
  sent.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => (isConnected = true));
    else isConnected = true;
  });
  sent.on('error', (error) => {
    const detail = systemErrorCode(error) ?? error.message;
    const onStaleConnection = sent.reusedSocket && (detail === 'ECONNRESET' || detail === 'EPIPE');
    settle({ kind: 'failed', reason: isConnected ? 'reset' : 'refused', detail }, onStaleConnection);
  });
  sent.on('response', (response) => collect(response, maxBytes, settle, fail));
  if (call.signal?.aborted === true) {
    abort();
    return;
  }
  call.signal?.addEventListener('abort', abort, { once: true });
  sent.end(call.body);
}

function collect(
  response: IncomingMessage,
  maxBytes: number,
  settle: (result: HttpResult) => void,
  fail: (reason: 'reset', detail: string) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) fail('reset', 'answer too large');
    else chunks.push(chunk);
  });
  response.on('end', () => {
    settle({
      kind: 'answer',
      status: response.statusCode ?? 0,
      reasonPhrase: response.statusMessage ?? '',
      contentType: response.headers['content-type'] ?? '',
      body: Buffer.concat(chunks),
    });
  });
  response.on('error', (error) => fail('reset', systemErrorCode(error) ?? error.message));
  response.on('aborted', () => fail('reset', 'ECONNRESET'));
}

function withLength(call: HttpCall): Record<string, string> {
  if (call.method === 'GET') return { ...call.headers };
  return { ...call.headers, 'content-length': String(call.body?.length ?? 0) };
}
