import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';
import type {
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
  StreamAbortReason,
} from '../../protocol/http/stream.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';
import { bodyTooLarge } from '../stages/admit-request.ts';
import { Forwarding } from '../stages/forward.ts';
import type { ForwardingOwner } from '../stages/forward.ts';
import type { ReservedHeaders } from '../stages/reserved-headers.ts';
import type { Pipeline } from './pipeline.ts';
import { recordResponseHead } from './record-response.ts';
import { sendLocalReply } from './send-local-reply.ts';
import type { StageResult } from './stage.ts';
import type { UpstreamCluster } from './upstream-cluster.ts';

/** What all exchanges of one config share. */
export interface ExchangeContext {
  readonly pipeline: Pipeline;
  readonly dialect: Dialect;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Also kept out of request trailers. */
  readonly reservedHeaders: ReservedHeaders;
  /** Largest request body; 0: no limit. */
  readonly maxBodyBytes: number;
  /** Undefined for a name that no snapshot uses. */
  cluster(name: string): UpstreamCluster | undefined;
  /** The exchange is over, whatever its outcome; called exactly once. */
  onEnd(exchange: Exchange): void;
}

/**
 * Drives one exchange from its head to its report: runs the stages, then either answers itself or hands both streams
 * to {@link Forwarding}. While a stage waits, the request body waits too: only what the codec had already parsed is
 * held.
 */
export class ExchangeDriver implements ServerStreamHandler, ForwardingOwner {
  readonly exchange: Exchange;
  readonly #stream: ServerStream;
  readonly #context: ExchangeContext;
  #phase: 'stages' | 'forwarding' | 'answered' | 'ended' = 'stages';
  /** Stages that have let the request pass. */
  #passedStages = 0;
  #forwarding: Forwarding | undefined = undefined;
  #held: Buffer[] | undefined = undefined;
  #isRequestEnded = false;
  #requestTrailers: HeaderList | undefined = undefined;
  #isBodyPaused = false;

  constructor(exchange: Exchange, context: ExchangeContext) {
    this.exchange = exchange;
    this.#stream = exchange.stream;
    this.#context = context;
    exchange.stream.handler = this;
  }

  /** Runs the stages as far as they go without waiting. */
  start(): void {
    const { stages } = this.#context.pipeline;
    while (this.#passedStages < stages.length) {
      const result = this.#runStage();
      if (result === undefined) {
        this.#passedStages++;
        continue;
      }
      if (result instanceof Promise) {
        this.#pauseBody();
        // The only closures of a request, and only of one that waits.
        result.then(
          (late) => this.#onStageResult(late),
          (error: unknown) => this.#onStageFailure(error),
        );
        return;
      }
      return this.reply(result);
    }
    this.#forward();
  }

  #runStage(): StageResult | Promise<StageResult> {
    const stage = this.#context.pipeline.stages[this.#passedStages];
    try {
      return stage?.run(this.exchange);
    } catch (error) {
      return this.#internalError(error);
    }
  }

  #onStageResult(result: StageResult): void {
    if (this.#phase !== 'stages') return;
    if (result !== undefined) return this.reply(result);
    this.#passedStages++;
    this.start();
  }

  #onStageFailure(error: unknown): void {
    if (this.#phase === 'stages') this.reply(this.#internalError(error));
  }

  #internalError(error: unknown): LocalReply {
    const stage = this.#context.pipeline.stages[this.#passedStages]?.name ?? 'forward';
    this.#context.logger.error({ stage, error }, 'stage failed');
    return this.#context.dialect.internalError(this.exchange);
  }

  #forward(): void {
    const { exchange } = this;
    const context = this.#context;
    const cluster = context.cluster(exchange.route?.backend.cluster ?? '');
    if (cluster === undefined) {
      context.logger.error({ cluster: exchange.route?.backend.cluster }, 'route names an unknown cluster');
      return this.reply(context.dialect.internalError(exchange));
    }
    this.#phase = 'forwarding';
    const forwarding = new Forwarding(this, exchange, context);
    this.#forwarding = forwarding;
    try {
      forwarding.start(cluster);
    } catch (error) {
      return this.reply(this.#internalError(error));
    }
    if (this.#held !== undefined) for (const chunk of this.#held) forwarding.sendRequestBody(chunk);
    this.#held = undefined;
    if (this.#isRequestEnded) forwarding.sendRequestEnd(this.#requestTrailers);
    else if (!forwarding.isUpstreamFull) this.resumeBody();
  }

  // ── what the client does ──

  onBody(chunk: Buffer): void {
    this.exchange.requestBytes += chunk.length;
    if (this.#isBodyTooLong()) return this.#refuseBody();
    if (this.#forwarding !== undefined) this.#forwarding.sendRequestBody(chunk);
    else if (this.#phase === 'stages') (this.#held ??= []).push(chunk);
  }

  #isBodyTooLong(): boolean {
    const { maxBodyBytes } = this.#context;
    const isTunnel = this.exchange.stream.request.upgrade !== undefined;
    return maxBodyBytes > 0 && this.exchange.requestBytes > maxBodyBytes && !isTunnel;
  }

  /** Only the first piece that is too much is answered; what follows it is read away. */
  #refuseBody(): void {
    if (this.#phase !== 'stages' && this.#phase !== 'forwarding') return;
    this.#forwarding?.cancel();
    const reply = this.#context.dialect.codecRejection(bodyTooLarge);
    if (this.exchange.responseStatus === 0) this.reply(reply);
    else this.abort(reply.responseFlags, reply.responseCodeDetails);
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.exchange.requestEndedMs = this.#context.clock.monotonicMs();
    this.#isRequestEnded = true;
    this.#requestTrailers = trailers === undefined ? undefined : this.#withoutReserved(trailers);
    this.#forwarding?.sendRequestEnd(this.#requestTrailers);
  }

  /** Some backends read trailers as if they were headers: what must not come in one way must not in the other. */
  #withoutReserved(trailers: HeaderList): HeaderList {
    const { reservedHeaders } = this.#context;
    const kept: HeaderList = [];
    for (let i = 0; i < trailers.length; i += 2) {
      const name = trailers[i] as string;
      if (!reservedHeaders.has(name)) kept.push(name, trailers[i + 1] as string);
    }
    return kept;
  }

  onDrain(): void {
    this.#forwarding?.resumeResponseBody();
  }

  onAbort(reason: StreamAbortReason): void {
    if (this.#phase === 'ended') return;
    this.#forwarding?.cancel();
    const { exchange } = this;
    const { flag, details, status } = aborts[reason];
    // An answer that was on its way keeps its own reason: only the delivery failed.
    if (exchange.responseFlags === '') exchange.responseFlags = flag;
    const isHttp2 = exchange.stream.request.version === 'HTTP/2';
    if (exchange.localReply === undefined)
      exchange.responseCodeDetails = isHttp2 && reason === 'protocol_error' ? http2Violation : details;
    // An HTTP/1 codec answers a broken body itself as long as nobody else has.
    const hasCodecAnswered = exchange.responseStatus === 0 && !isHttp2;
    if (hasCodecAnswered) exchange.responseStatus = status;
    this.#end();
  }

  onComplete(): void {
    // An answer without body (HEAD, 204) is over for the client before the backend has ended it.
    this.#forwarding?.cancel();
    this.#end();
  }

  // ── what forwarding asks for ──

  pauseBody(): void {
    this.#pauseBody();
  }

  resumeBody(): void {
    if (!this.#isBodyPaused || this.#isRequestEnded) return;
    this.#isBodyPaused = false;
    this.#stream.resumeBody();
  }

  #pauseBody(): void {
    if (this.#isBodyPaused || this.#isRequestEnded) return;
    this.#isBodyPaused = true;
    this.#stream.pauseBody();
  }

  sendResponseHead(head: ResponseHead, ended: boolean): void {
    try {
      this.#context.pipeline.applyToResponse(this.exchange, head, this.#passedStages);
      recordResponseHead(this.exchange, head);
      if (ended) this.#answered();
      this.#stream.sendHead(head, ended);
    } catch (error) {
      this.#breakOff(error);
    }
  }

  sendResponseBody(chunk: Buffer): boolean {
    this.exchange.responseBytes += chunk.length;
    return this.#stream.sendData(chunk);
  }

  sendResponseEnd(trailers: HeaderList | undefined): void {
    if (trailers !== undefined) this.exchange.responseTrailers = trailers;
    if (this.exchange.responseStatus === switchingProtocols && this.#isRequestEnded) this.#noteTunnelLeft();
    this.#answered();
    this.#stream.sendEnd(trailers);
  }

  /** A tunnel has no end of its own: it ends like a connection, here by the client. */
  #noteTunnelLeft(): void {
    const { flag, details } = aborts.remote_disconnect;
    this.exchange.responseFlags = flag;
    this.exchange.responseCodeDetails = details;
  }

  /** Answers the client itself; nothing of a response may have been sent. */
  reply(reply: LocalReply): void {
    this.#answered();
    try {
      sendLocalReply(this.exchange, reply, {
        dialect: this.#context.dialect,
        pipeline: this.#context.pipeline,
        passedStages: this.#passedStages,
      });
    } catch (error) {
      this.#breakOff(error);
    }
  }

  /** What is thrown here would reach the socket's event and end the process: one response is not worth that. */
  #breakOff(error: unknown): void {
    this.#context.logger.error({ error }, 'response could not be sent');
    this.#forwarding?.cancel();
    this.abort('', 'internal_error');
  }

  /** Gives up on a response that has begun. */
  abort(flags: string, details: string): void {
    this.exchange.responseFlags = flags;
    this.exchange.responseCodeDetails = details;
    // First the end: whatever the codec says of an abort that we asked for is no news.
    this.#end();
    this.#stream.abort();
  }

  /** A request that still arrives has nobody to go to: the codec reads it away or closes, once it is not held back. */
  #answered(): void {
    this.#phase = 'answered';
    this.#forwarding = undefined;
    this.#held = undefined;
    this.resumeBody();
  }

  #end(): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#forwarding = undefined;
    this.exchange.endedMs = this.#context.clock.monotonicMs();
    this.#context.onEnd(this.exchange);
  }
}

const switchingProtocols = 101;

/** Source: Envoy http2/codec_impl.cc. */
const http2Violation = 'http2.violation.of.messaging.rule';

/** Response flag and details of a request that its client ended. Source: Envoy, stream_info. */
const aborts: Readonly<
  Record<StreamAbortReason, { readonly flag: string; readonly details: string; readonly status: number }>
> = {
  remote_disconnect: { flag: 'DC', details: 'downstream_remote_disconnect', status: 0 },
  protocol_error: { flag: 'DPE', details: 'http1.codec_error', status: 400 },
  body_timeout: { flag: 'SI', details: 'stream_idle_timeout', status: 408 },
  body_too_large: { flag: '', details: 'request_payload_too_large', status: 413 },
  local_close: { flag: 'DC', details: 'downstream_local_disconnect', status: 0 },
};
