import { getHeader } from '../../protocol/http/headers.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';
import { unknownLength } from '../../protocol/http/stream.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  ServerStream,
  UpstreamFailure,
} from '../../protocol/http/stream.ts';
import { WheelEntry } from '../../protocol/net/timer-wheel.ts';
import type { Clock } from '../../core/clock.ts';
import type { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';
import type { MethodConfig } from '../routing/method-config.ts';
import { clientTarget } from '../pipeline/client-target.ts';
import type { UpstreamCluster } from '../pipeline/upstream-cluster.ts';

/** Who forwards: the one that owns the downstream half. */
export interface ForwardingOwner {
  pauseBody(): void;
  resumeBody(): void;
  sendResponseHead(head: ResponseHead, ended: boolean): void;
  /** Answers instead of the backend; before any response head only. */
  reply(reply: LocalReply): void;
  responseSent(): void;
  /** Breaks a response off; after its head only. */
  abort(flag: string, details: string): void;
}

export interface ForwardingContext {
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
}

/**
 * Streams one request to its backend and the response back, each side as fast as the other takes it. Two limits of the
 * method's backend watch over it, in one timer: the deadline, from the request's end to the response's, and the idle
 * time, which every byte in either direction renews.
 */
export class Forwarding extends WheelEntry implements ClientStreamHandler {
  readonly #owner: ForwardingOwner;
  readonly #exchange: Exchange;
  readonly #stream: ServerStream;
  readonly #context: ForwardingContext;
  readonly #deadlineMs: number;
  readonly #idleTimeoutMs: number;
  #client: ClientStream | undefined = undefined;
  #isOver = false;
  #isRequestEnded = false;
  #isHeadSent = false;
  #isTunnel = false;
  #isUpstreamFull = false;
  #activeAtMs = 0;
  /** Monotonic ms at which the response is late; 0: not running. */
  #dueAtMs = 0;

  constructor(owner: ForwardingOwner, exchange: Exchange, context: ForwardingContext) {
    super();
    const { backend } = exchange.route as MethodConfig;
    this.#owner = owner;
    this.#exchange = exchange;
    this.#stream = exchange.stream;
    this.#context = context;
    this.#deadlineMs = backend.deadlineMs;
    this.#idleTimeoutMs = backend.idleTimeoutMs;
  }

  /** The backend has not taken what it was sent yet. */
  get isUpstreamFull(): boolean {
    return this.#isUpstreamFull;
  }

  start(cluster: UpstreamCluster): void {
    this.#touch();
    this.#exchange.upstreamStartedMs = this.#activeAtMs;
    if (this.#idleTimeoutMs > 0) this.#context.wheel.schedule(this, this.#idleTimeoutMs);
    const client = cluster.request(requestHead(this.#exchange), this);
    if (!this.#isOver) this.#client = client;
  }

  // ── request ──

  sendRequestBody(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#touch();
    if (this.#client?.sendData(chunk) !== false) return;
    this.#isUpstreamFull = true;
    this.#owner.pauseBody();
  }

  sendRequestEnd(trailers: HeaderList | undefined): void {
    if (this.#isOver) return;
    this.#isRequestEnded = true;
    this.#touch();
    if (this.#deadlineMs > 0 && !this.#isTunnel) {
      this.#dueAtMs = this.#activeAtMs + this.#deadlineMs;
      if (this.#idleTimeoutMs === 0 || this.#deadlineMs < this.#idleTimeoutMs)
        this.#context.wheel.schedule(this, this.#deadlineMs);
    }
    this.#client?.sendEnd(trailers);
  }

  onDrain(): void {
    this.#isUpstreamFull = false;
    this.#owner.resumeBody();
  }

  // ── response ──

  onInformational(status: number, headers: HeaderList): void {
    this.#touch();
    // The codec has answered `Expect: 100-continue` already.
    if (status !== 100 && !this.#isHeadSent) this.#stream.sendInformational(status, headers);
  }

  onHead(head: ResponseHead, ended: boolean): void {
    this.#touch();
    const exchange = this.#exchange;
    exchange.upstreamHeadersMs = this.#activeAtMs;
    exchange.responseCodeDetails = 'via_upstream';
    this.#isHeadSent = true;
    this.#isTunnel = head.status === 101;
    // A gRPC response is framed by its trailers, whatever length it claims (espv2 grpc_metadata_scrubber).
    if (!ended && head.bodyLength !== unknownLength && isGrpc(head.headers)) head.bodyLength = unknownLength;
    if (ended) this.#responseEnded();
    this.#owner.sendResponseHead(head, ended);
    if (ended) this.#owner.responseSent();
  }

  onBody(chunk: Buffer): void {
    this.#touch();
    this.#exchange.responseBytes += chunk.length;
    if (!this.#stream.sendData(chunk)) this.#client?.pauseBody();
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    if (trailers !== undefined) this.#exchange.responseTrailers = trailers;
    this.#touch();
    this.#responseEnded();
    this.#stream.sendEnd(trailers);
    this.#owner.responseSent();
  }

  /** The client has taken what it was sent. */
  resumeResponseBody(): void {
    this.#client?.resumeBody();
  }

  #responseEnded(): void {
    this.#exchange.upstreamEndedMs = this.#activeAtMs;
    this.#finish();
    // The answer came before the request's end: the rest of the body is not wanted.
    if (!this.#isRequestEnded) this.#client?.abort();
  }

  // ── failure ──

  onError(failure: UpstreamFailure): void {
    if (this.#isOver) return;
    this.#exchange.upstreamEndedMs = this.#context.clock.monotonicMs();
    this.#finish();
    const { dialect } = this.#context;
    const reply = dialect.upstreamFailure(failure, this.#exchange, this.#exchange.attempts > 1);
    if (!this.#isHeadSent) return this.#owner.reply(reply);
    this.#owner.abort(reply.responseFlags, `upstream_reset_after_response_started{${failure.reason}}`);
  }

  onTimer(): void {
    const nowMs = this.#context.clock.monotonicMs();
    if (this.#dueAtMs > 0 && nowMs >= this.#dueAtMs) return this.#timeOut('response');
    const idleLeftMs = this.#activeAtMs + this.#idleTimeoutMs - nowMs;
    if (this.#idleTimeoutMs > 0 && idleLeftMs <= 0) return this.#timeOut('idle');
    const dueLeftMs = this.#dueAtMs > 0 ? this.#dueAtMs - nowMs : Infinity;
    const leftMs = this.#idleTimeoutMs > 0 ? Math.min(idleLeftMs, dueLeftMs) : dueLeftMs;
    if (leftMs !== Infinity) this.#context.wheel.schedule(this, leftMs);
  }

  #timeOut(kind: 'response' | 'idle'): void {
    this.cancel();
    const reply = this.#context.dialect.upstreamTimeout(kind, this.#exchange);
    if (this.#isHeadSent) this.#owner.abort(reply.responseFlags, reply.responseCodeDetails);
    else this.#owner.reply(reply);
  }

  /** The client is gone: the backend's work is not wanted any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#exchange.upstreamEndedMs = this.#context.clock.monotonicMs();
    this.#finish();
    this.#client?.abort();
  }

  #finish(): void {
    this.#isOver = true;
    this.#context.wheel.cancel(this);
  }

  #touch(): void {
    this.#activeAtMs = this.#context.clock.monotonicMs();
  }
}

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
