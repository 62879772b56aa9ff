import type { StreamAbortReason } from '../http/stream.ts';
import { Deadline } from '../net/deadline.ts';
import type { TimerWheel } from '../net/timer-wheel.ts';
import { Http2Error } from './frame-codes.ts';
import type { Http2ServerStream } from './http2-server-stream.ts';
import type { Http2Limits } from './http2-settings.ts';
import type { Http2Stream } from './http2-stream.ts';
import type { ReceiveWatcher } from './receive-flow.ts';
import type { SendWatcher } from './send-scheduler.ts';
import type { SendingStream } from './sending-stream.ts';

/** Between a response and the reset that ends its upload: clients that get both at once lose the response (curl 7). */
const uploadGraceMs = 50;

/** Who ends a stream whose time is up. */
export interface StreamDeadlinesOwner {
  readonly streams: ReadonlyMap<number, Http2ServerStream>;
  reset(stream: Http2ServerStream, errorCode: number, outcome: StreamAbortReason | 'complete'): void;
}

/**
 * The deadlines of all streams of a connection. They are numbers in the streams, so that most cost nothing, and one
 * deadline for the earliest of them; then all streams are looked at.
 */
export class StreamDeadlines implements ReceiveWatcher, SendWatcher {
  readonly #wheel: TimerWheel;
  readonly #limits: Http2Limits;
  readonly #owner: StreamDeadlinesOwner;
  readonly #next: Deadline;
  #nextMs = Number.POSITIVE_INFINITY;

  constructor(
    options: { readonly wheel: TimerWheel; readonly limits: Http2Limits },
    owner: StreamDeadlinesOwner,
  ) {
    this.#wheel = options.wheel;
    this.#limits = options.limits;
    this.#owner = owner;
    this.#next = new Deadline(options.wheel, () => this.#look());
  }

  /** Content of a request is awaited from now on. */
  awaitBody(stream: Http2Stream): void {
    const { bodyIdleMs } = this.#limits;
    if (bodyIdleMs > 0) stream.bodyDueMs = this.#in(bodyIdleMs);
  }

  /** Content of a response waits for the peer from now on, or none does any more. */
  noteWaiting(stream: SendingStream): void {
    const { writeStallMs } = this.#limits;
    if (stream.queuedBytes === 0 || writeStallMs === 0) stream.sendDueMs = 0;
    else stream.sendDueMs = this.#in(writeStallMs);
  }

  /** The response is complete, its request is not. */
  awaitUpload(stream: Http2ServerStream): void {
    stream.bodyDueMs = 0;
    stream.stopDueMs = this.#in(uploadGraceMs);
  }

  close(): void {
    this.#next.close();
  }

  #in(delayMs: number): number {
    const dueMs = this.#wheel.nowMs() + delayMs;
    this.#arm(dueMs, delayMs);
    return dueMs;
  }

  #arm(dueMs: number, delayMs: number): void {
    if (dueMs >= this.#nextMs) return;
    this.#nextMs = dueMs;
    this.#next.set(delayMs);
  }

  #look(): void {
    const nowMs = this.#wheel.nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    this.#nextMs = nextMs;
    for (const stream of this.#owner.streams.values()) {
      const { bodyDueMs, sendDueMs, stopDueMs } = stream;
      if (isDue(bodyDueMs, nowMs)) this.#owner.reset(stream, Http2Error.CANCEL, 'body_timeout');
      else if (isDue(sendDueMs, nowMs)) this.#owner.reset(stream, Http2Error.CANCEL, 'local_close');
      else if (isDue(stopDueMs, nowMs)) this.#owner.reset(stream, Http2Error.NO_ERROR, 'complete');
      else nextMs = earliest(earliest(earliest(nextMs, bodyDueMs), sendDueMs), stopDueMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#arm(nextMs, nextMs - nowMs);
  }
}

function isDue(dueMs: number, nowMs: number): boolean {
  return dueMs > 0 && dueMs <= nowMs;
}

function earliest(aMs: number, bMs: number): number {
  return bMs > 0 && bMs < aMs ? bMs : aMs;
}
