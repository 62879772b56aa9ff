import { getHeader } from '../../protocol/http/headers.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';
import { unknownLength } from '../../protocol/http/stream.ts';
import type { RequestHead, ResponseHead, ServerStream, UpstreamFailure } from '../../protocol/http/stream.ts';
import type { Clock } from '../../core/clock.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import { createLocalReply } from '../local-reply.ts';
import type { LocalReply } from '../local-reply.ts';
import { clientTarget } from '../pipeline/client-target.ts';
import type { UpstreamCluster } from '../pipeline/upstream-cluster.ts';
import type { MethodConfig } from '../routing/method-config.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamTimeoutKind } from '../upstream/upstream-request.ts';

/** Who forwards: the one that owns the downstream half. */
export interface ForwardingOwner {
  pauseBody(): void;
  resumeBody(): void;
  sendResponseHead(head: ResponseHead, ended: boolean): void;
  sendResponseBody(chunk: Buffer): boolean;
  sendResponseEnd(trailers: HeaderList | undefined): void;
  /** Answers instead of the backend; before any response head only. */
  reply(reply: LocalReply): void;
  /** Breaks a response off; after its head only. */
  abort(flags: string, details: string): void;
}

export interface ForwardingContext {
  readonly dialect: Dialect;
  readonly clock: Clock;
}

/**
 * Streams one request to its backend and the response back, each side as fast as the other takes it. Deadlines, idle
 * times and retries are the cluster's; what becomes of a failure is decided here: an answer in the dialect's words as
 * long as none has begun, a broken connection after that.
 */
export class Forwarding implements UpstreamHandler {
  readonly #owner: ForwardingOwner;
  readonly #exchange: Exchange;
  readonly #stream: ServerStream;
  readonly #context: ForwardingContext;
  #call: UpstreamCall | undefined = undefined;
  #isOver = false;
  #isRequestEnded = false;
  #isHeadSent = false;
  #isUpstreamFull = false;

  constructor(owner: ForwardingOwner, exchange: Exchange, context: ForwardingContext) {
    this.#owner = owner;
    this.#exchange = exchange;
    this.#stream = exchange.stream;
    this.#context = context;
  }

  /** The backend has not taken what it was sent yet. */
  get isUpstreamFull(): boolean {
    return this.#isUpstreamFull;
  }

  start(cluster: UpstreamCluster): void {
    const exchange = this.#exchange;
    exchange.upstreamStartedMs = this.#context.clock.monotonicMs();
    const { bodyLength, upgrade } = exchange.stream.request;
    this.#isRequestEnded = bodyLength === 0 && upgrade === undefined;
    this.#call = cluster.request(requestHead(exchange), this, (exchange.route as MethodConfig).backend);
  }

  // ── request ──

  sendRequestBody(chunk: Buffer): void {
    if (this.#isOver || this.#call?.sendData(chunk) !== false) return;
    this.#isUpstreamFull = true;
    this.#owner.pauseBody();
  }

  sendRequestEnd(trailers: HeaderList | undefined): void {
    if (this.#isOver) return;
    this.#isRequestEnded = true;
    this.#call?.sendEnd(trailers);
  }

  onDrain(): void {
    this.#isUpstreamFull = false;
    this.#owner.resumeBody();
  }

  // ── response ──

  onInformational(status: number, headers: HeaderList): void {
    // The codec has answered `Expect: 100-continue` already.
    if (status !== 100 && !this.#isHeadSent) this.#stream.sendInformational(status, headers);
  }

  onHead(head: ResponseHead, ended: boolean): void {
    const exchange = this.#exchange;
    exchange.upstreamHeadersMs = this.#context.clock.monotonicMs();
    exchange.responseCodeDetails = 'via_upstream';
    this.#isHeadSent = true;
    // A gRPC response is framed by its trailers, whatever length it claims (espv2 grpc_metadata_scrubber).
    if (!ended && head.bodyLength !== unknownLength && isGrpc(head.headers)) head.bodyLength = unknownLength;
    if (ended) this.#finish();
    this.#owner.sendResponseHead(head, ended);
  }

  onBody(chunk: Buffer): void {
    if (!this.#owner.sendResponseBody(chunk)) this.#call?.pauseBody();
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.#finish();
    this.#owner.sendResponseEnd(trailers);
  }

  /** The client has taken what it was sent. */
  resumeResponseBody(): void {
    if (!this.#isOver) this.#call?.resumeBody();
  }

  // ── failure ──

  onError(failure: UpstreamFailure): void {
    this.#finish();
    const exchange = this.#exchange;
    exchange.upstreamTransportFailure = failure.transport ?? '';
    const reply = this.#context.dialect.upstreamFailure(failure, exchange, exchange.attempts > 1);
    const flags = reply.responseFlags + (retryFlags[this.#call?.retryOutcome ?? 'none'] ?? '');
    if (!this.#isHeadSent) return this.#owner.reply({ ...reply, responseFlags: flags });
    this.#owner.abort(flags, `upstream_reset_after_response_started{${failure.reason}}`);
  }

  onTimeout(kind: UpstreamTimeoutKind): void {
    this.#finish();
    const reply = this.#context.dialect.upstreamTimeout(kind, this.#exchange);
    if (!this.#isHeadSent) return this.#owner.reply(reply);
    this.#owner.abort(reply.responseFlags, reply.responseCodeDetails);
  }

  onRetryBufferExceeded(): void {
    this.#finish();
    this.#owner.reply(createLocalReply(retryBufferExceeded));
  }

  /** The client is gone: the backend's work is not wanted any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#call?.abort();
  }

  #finish(): void {
    const exchange = this.#exchange;
    this.#isOver = true;
    exchange.upstreamEndedMs = this.#context.clock.monotonicMs();
    if (this.#call === undefined) return;
    exchange.attempts = this.#call.attempts;
    exchange.upstreamHost = this.#call.host;
    // The answer came before the request's end: the rest of the body is not wanted.
    if (!this.#isRequestEnded) this.#call.abort();
  }
}

/** Beside the flag of the last try. Source: Envoy router.cc, RetryStatus. */
const retryFlags: Readonly<Record<UpstreamCall['retryOutcome'], string>> = {
  none: '',
  limit: ',URX',
  overflow: ',UO',
};

/** Source: Envoy router.cc. Both generations: v1 has no replay buffer to exceed. */
const retryBufferExceeded = {
  httpStatus: 507,
  rpcCode: 13,
  message: 'exceeded request buffer limit while retrying upstream',
  responseCodeDetails: 'request_payload_exceeded_retry_buffer_limit',
  cause: 'application',
} as const;

function requestHead(exchange: Exchange): RequestHead {
  const { request } = exchange.stream;
  const { backend } = exchange.route as MethodConfig;
  return {
    method: exchange.method,
    scheme: exchange.scheme,
    authority: backend.hostRewrite ?? exchange.authority,
    target: exchange.upstreamTarget === '' ? clientTarget(exchange) : exchange.upstreamTarget,
    headers: exchange.headers,
    version: request.version,
    bodyLength: request.bodyLength,
    upgrade: request.upgrade,
  };
}

function isGrpc(headers: HeaderList): boolean {
  return getHeader(headers, 'content-type')?.startsWith('application/grpc') ?? false;
}
