import type { Clock } from '../../core/clock.ts';
import type { ClientStream, ClientStreamHandler } from '../../protocol/http/stream.ts';
import type { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import type { Pool } from './pool.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { UpstreamTimeoutKind } from './time-limits.ts';

/** Limits of one request. */
export interface UpstreamRequestOptions {
  /** Milliseconds from the end of the request to the end of the response, over all tries; 0: none. */
  readonly deadlineMs: number;
  /** Milliseconds without a byte in either direction; 0: none. */
  readonly idleTimeoutMs: number;
  /** Default: the cluster's. */
  readonly retry?: RetryPolicy;
}

/** {@link ClientStreamHandler} with the ends that only a whole request has. Every end excludes the others. */
export interface UpstreamHandler extends ClientStreamHandler {
  /** A limit was passed; the request has been cancelled. Last call. */
  onTimeout(kind: UpstreamTimeoutKind, responseStarted: boolean): void;
  /** The body outgrew the replay buffer while a retry was waiting (507). Last call. */
  onRetryBufferExceeded(): void;
}

/** Why there was no further try: none was called for, all are used up, or too many run in the cluster. */
export type RetryOutcome = 'none' | 'limit' | 'overflow';

/** A request to a cluster, however many tries it takes. */
export interface UpstreamCall extends ClientStream {
  /** Tries so far. */
  readonly attempts: number;
  /** `address:port` of the latest try; '' before there was a connection. */
  readonly host: string;
  readonly retryOutcome: RetryOutcome;
  /** True once the whole request was given to {@link ClientStream.sendEnd}. */
  readonly requestEnded: boolean;
}

/** What a request needs of its cluster. */
export interface UpstreamOwner {
  readonly pool: Pool;
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  readonly maxBufferedBytes: number;
  readonly random: () => number;
  /** Takes one of the retries that may run at a time; false: all are taken. */
  beginRetry(): boolean;
  endRetry(): void;
  onRequestEnd(): void;
}
