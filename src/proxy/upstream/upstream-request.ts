import type { Timer } from '../../core/clock.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  UpstreamFailure,
  UpstreamFailureReason,
} from '../../protocol/http/stream.ts';
import type { ConnectFailure } from '../../protocol/net/connector.ts';
import type { PooledConnection, PoolWaiter } from './pool.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { backOffMs, isIdempotent, retriesFailure, retriesResponse, retriesTimeout } from './retry-policy.ts';
import type { UpstreamTimeoutKind } from './time-limits.ts';
import { TimeLimits } from './time-limits.ts';
import type { RetryOutcome, UpstreamCall, UpstreamHandler, UpstreamOwner } from './upstream-call.ts';

export type {
  RetryOutcome,
  UpstreamCall,
  UpstreamHandler,
  UpstreamOwner,
  UpstreamRequestOptions,
} from './upstream-call.ts';
export type { UpstreamTimeoutKind } from './time-limits.ts';

type State = 'waiting' | 'active' | 'backingOff' | 'done';

/** Bytes kept for a connection that is not there yet; then the sender waits. */
const waitingHighWater = 64 * 1024;

/**
 * One request: gets a connection, sends, tries again where the policy says so, and keeps the time. It is its own
 * timer and its own stream handler, so that a request over an idle connection costs one object and no closure.
 */
export class UpstreamRequest extends TimeLimits implements UpstreamCall, ClientStreamHandler, PoolWaiter {
  attempts = 0;
  host = '';
  retryOutcome: RetryOutcome = 'none';
  requestEnded: boolean;
  readonly #owner: UpstreamOwner;
  readonly #head: RequestHead;
  readonly #handler: UpstreamHandler;
  readonly #policy: RetryPolicy;
  #state: State = 'waiting';
  #stream: ClientStream | undefined = undefined;
  #responseStarted = false;
  #isReused = false;
  #hasReplacedStale = false;
  #wantsFresh = false;
  #isRetrying = false;
  /** What was sent so far, while another try may need it; undefined once it was given up or there is nothing. */
  #replay: ReplayBuffer | undefined = undefined;
  #canReplay = true;
  #trailers: HeaderList | undefined = undefined;
  #senderWaits = false;
  #bodyPaused = false;
  #backOff: Timer | undefined = undefined;

  constructor(
    owner: UpstreamOwner,
    head: RequestHead,
    handler: UpstreamHandler,
    options: { readonly policy: RetryPolicy; readonly deadlineMs: number; readonly idleTimeoutMs: number },
  ) {
    const { deadlineMs, idleTimeoutMs, policy } = options;
    super(owner.wheel, { deadlineMs, idleTimeoutMs, perTryTimeoutMs: policy.perTryTimeoutMs });
    this.#owner = owner;
    this.#head = head;
    this.#handler = handler;
    this.#policy = policy;
    this.requestEnded = head.bodyLength === 0 && head.upgrade === undefined;
    if (this.requestEnded) this.startResponseClockAtOnce();
  }

  /** Starts the first try. Callbacks come later, never from within. */
  start(): void {
    this.#try();
    this.arm();
  }

  sendData(chunk: Uint8Array): boolean {
    if (this.#state === 'done' || this.requestEnded) return true;
    this.noteActivity();
    if (this.#canReplay) this.#keep(chunk);
    const canSend = this.#stream === undefined ? this.#canWait() : this.#stream.sendData(chunk);
    if (!canSend) this.#senderWaits = true;
    return canSend;
  }

  sendEnd(trailers?: HeaderList): void {
    if (this.#state === 'done' || this.requestEnded) return;
    this.requestEnded = true;
    this.#trailers = trailers;
    this.noteActivity();
    // A tunnel is never a complete request, so its clock never starts.
    if (this.#head.upgrade === undefined) this.startResponseClock();
    if (this.#state !== 'backingOff' && !this.#responseStarted) this.startTryClock();
    this.arm();
    this.#stream?.sendEnd(trailers);
  }

  pauseBody(): void {
    this.#bodyPaused = true;
    this.#stream?.pauseBody();
  }

  resumeBody(): void {
    this.#bodyPaused = false;
    this.#stream?.resumeBody();
  }

  abort(): void {
    if (this.#state === 'done') return;
    this.#cancelTry();
    this.#finish();
  }

  onPoolReady(connection: PooledConnection): void {
    this.#attach(connection);
  }

  onPoolFailure(failure: ConnectFailure): void {
    this.onError({ ...failure, requestSent: false, responseStarted: false });
  }

  onInformational(status: number, headers: HeaderList): void {
    this.noteActivity();
    this.#handler.onInformational(status, headers);
  }

  onHead(head: ResponseHead, ended: boolean): void {
    if (retriesResponse(this.#policy, head) && this.#mayRetry()) {
      if (!ended) this.#stream?.abort();
      this.#scheduleRetry();
      return;
    }
    this.#responseStarted = true;
    this.stopTryClock();
    this.#dropReplay();
    this.noteActivity();
    if (ended) this.#finish();
    this.#handler.onHead(head, ended);
    if (this.#bodyPaused && !ended) this.#stream?.pauseBody();
  }

  onBody(chunk: Buffer): void {
    this.noteActivity();
    this.#handler.onBody(chunk);
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    // A tunnel is over with its backend's half: what the client still sends has nobody to answer it.
    if (this.#head.upgrade !== undefined && !this.requestEnded) this.#stream?.abort();
    this.#finish();
    this.#handler.onBodyEnd(trailers);
  }

  onDrain(): void {
    this.#senderWaits = false;
    this.noteActivity();
    if (!this.requestEnded) this.#handler.onDrain();
  }

  onError(failure: UpstreamFailure): void {
    this.#stream = undefined;
    if (!this.#responseStarted) {
      this.#wantsFresh = this.#isReused && failure.reason === 'connection_termination';
      if (this.#replacesStale(failure)) {
        this.#hasReplacedStale = true;
        this.#try();
        return;
      }
      if (this.#allowsReplay(failure) && retriesFailure(this.#policy, failure) && this.#mayRetry()) {
        this.#scheduleRetry();
        return;
      }
    }
    this.#finish();
    this.#handler.onError(failure);
  }

  protected onLimit(kind: UpstreamTimeoutKind): void {
    if (kind === 'per_try') this.#endTry();
    else this.#timeOut(kind);
  }

  #try(): void {
    if (!this.#hasReplacedStale || this.attempts === 0) this.attempts++;
    this.#state = 'waiting';
    if (this.requestEnded) this.startTryClock();
    const connection = this.#owner.pool.acquire(this, this.#wantsFresh);
    if (connection === 'waiting') return;
    if (connection === 'overflow') this.refuse('overflow');
    else this.#attach(connection);
  }

  #attach(connection: PooledConnection): void {
    this.#state = 'active';
    this.host = connection.address;
    this.#isReused = connection.isReused;
    let stream: ClientStream;
    try {
      stream = connection.request(this.#head, this, this.#endsNow);
    } catch {
      // The codec cannot write such a head: a field that a stage or a flag added is not one.
      this.refuse('local_reset');
      return;
    }
    this.#stream = stream;
    if (!this.#endsNow) this.#sendKept(stream);
  }

  #sendKept(stream: ClientStream): void {
    let canSend = true;
    const replay = this.#replay;
    if (replay !== undefined) for (const chunk of replay.chunks) canSend = stream.sendData(chunk);
    if (!this.#mayNeedReplay()) this.#dropReplay();
    if (this.requestEnded) stream.sendEnd(this.#trailers);
    else if (this.#senderWaits && canSend) {
      this.#senderWaits = false;
      this.#handler.onDrain();
    }
  }

  get #endsNow(): boolean {
    return this.#head.bodyLength === 0 && this.#head.upgrade === undefined;
  }

  #keep(chunk: Uint8Array): void {
    this.#replay ??= new ReplayBuffer(this.#owner.maxBufferedBytes);
    if (this.#replay.add(chunk)) return;
    const wasNeeded = this.#stream === undefined;
    this.#dropReplay();
    if (!wasNeeded) return;
    this.#cancelTry();
    this.#finish();
    process.nextTick(failBuffer, this.#handler);
  }

  #canWait(): boolean {
    return this.#replay !== undefined && this.#replay.bytes < waitingHighWater;
  }

  /** Whether a later try could be made at all. */
  #mayNeedReplay(): boolean {
    const { maxRetries, conditions } = this.#policy;
    return (conditions.size > 0 && maxRetries >= this.attempts) || this.#isReused;
  }

  #dropReplay(): void {
    this.#canReplay = false;
    this.#replay = undefined;
  }

  /**
   * A kept-alive connection that ends without a byte of response was most likely closed by the backend while the
   * request was on its way. Sending it again is safe when it may be sent twice, and is not counted as a retry.
   */
  #replacesStale(failure: UpstreamFailure): boolean {
    if (!this.#isReused || this.#hasReplacedStale || failure.reason !== 'connection_termination')
      return false;
    return this.#isReplayable && (!failure.requestSent || isIdempotent(this.#head.method));
  }

  #allowsReplay(failure: UpstreamFailure): boolean {
    return this.#policy.retriesNonIdempotent || !failure.requestSent || isIdempotent(this.#head.method);
  }

  get #isReplayable(): boolean {
    return this.#canReplay || this.#endsNow;
  }

  #mayRetry(): boolean {
    if (this.#responseStarted || !this.#isReplayable || this.#policy.maxRetries === 0) return false;
    if (this.attempts > this.#policy.maxRetries) {
      this.retryOutcome = 'limit';
      return false;
    }
    if (this.#isRetrying) return true;
    if (this.#owner.beginRetry()) {
      this.#isRetrying = true;
      return true;
    }
    this.retryOutcome = 'overflow';
    return false;
  }

  #scheduleRetry(): void {
    this.#stream = undefined;
    this.#state = 'backingOff';
    const delayMs = backOffMs(this.attempts, this.#owner.random());
    this.#backOff = this.#owner.clock.setTimer(delayMs, () => {
      this.#backOff = undefined;
      this.#hasReplacedStale = false;
      this.#try();
      if (this.#state !== 'done') this.arm();
    });
    this.stopTryClock();
    this.arm();
  }

  /** One try took too long. */
  #endTry(): void {
    const allowsReplay = this.#policy.retriesNonIdempotent || isIdempotent(this.#head.method);
    if (allowsReplay && retriesTimeout(this.#policy) && this.#mayRetry()) {
      this.#cancelTry();
      this.#scheduleRetry();
    } else this.#timeOut('per_try');
  }

  #timeOut(kind: UpstreamTimeoutKind): void {
    this.#cancelTry();
    const responseStarted = this.#responseStarted;
    this.#finish();
    this.#handler.onTimeout(kind, responseStarted);
  }

  #cancelTry(): void {
    if (this.#state === 'waiting') this.#owner.pool.cancel(this);
    this.#backOff?.cancel();
    this.#backOff = undefined;
    this.#stream?.abort();
    this.#stream = undefined;
  }

  #finish(): void {
    if (this.#state === 'done') return;
    this.#state = 'done';
    this.#dropReplay();
    this.disarm();
    if (this.#isRetrying) this.#owner.endRetry();
    this.#owner.onRequestEnd();
  }

  /** Fails the request, a little later, without a try. */
  refuse(reason: UpstreamFailureReason): void {
    process.nextTick(failLocally, this, reason);
  }

  /** @internal */
  failLocally(reason: UpstreamFailureReason): void {
    if (this.#state === 'done') return;
    this.onError({ reason, transport: undefined, requestSent: false, responseStarted: false });
  }
}

function failLocally(request: UpstreamRequest, reason: UpstreamFailureReason): void {
  request.failLocally(reason);
}

function failBuffer(handler: UpstreamHandler): void {
  handler.onRetryBufferExceeded();
}
