import type { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import { WheelEntry } from '../../protocol/net/timer-wheel.ts';

/** Which limit was passed. */
export type UpstreamTimeoutKind = 'response' | 'per_try' | 'idle';

/** Milliseconds; 0: no limit. */
export interface TimeLimitOptions {
  /** From the end of the request to the end of the response, over all tries. */
  readonly deadlineMs: number;
  /** For one try, from the end of the request to the head of its response. */
  readonly perTryTimeoutMs: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs: number;
}

const never = Number.POSITIVE_INFINITY;

/**
 * The three clocks of a request behind one entry of the timing wheel. Activity only notes the time: the entry looks
 * again when it fires, so that a chunk of a body costs no list operation.
 */
export abstract class TimeLimits extends WheelEntry {
  protected readonly wheel: TimerWheel;
  readonly #options: TimeLimitOptions;
  #requestEndedAtMs = never;
  #tryStartedAtMs = never;
  #lastActivityMs: number;

  constructor(wheel: TimerWheel, options: TimeLimitOptions) {
    super();
    this.wheel = wheel;
    this.#options = options;
    this.#lastActivityMs = wheel.nowMs();
  }

  /** A limit was passed. The clocks that are left have to be armed again. */
  protected abstract onLimit(kind: UpstreamTimeoutKind): void;

  /** Something was sent or received. */
  protected noteActivity(): void {
    this.#lastActivityMs = this.wheel.nowMs();
  }

  /** The request is complete: its response is waited for. */
  protected startResponseClock(): void {
    this.noteActivity();
    this.#requestEndedAtMs = this.#lastActivityMs;
  }

  /** As {@link startResponseClock}, for a request that was complete when it was made. */
  protected startResponseClockAtOnce(): void {
    this.#requestEndedAtMs = this.#lastActivityMs;
  }

  protected startTryClock(): void {
    if (this.#options.perTryTimeoutMs > 0) this.#tryStartedAtMs = this.wheel.nowMs();
  }

  protected stopTryClock(): void {
    this.#tryStartedAtMs = never;
  }

  /** Waits for whatever is due first. */
  protected arm(): void {
    const dueAtMs = Math.min(this.#responseDueMs, this.#tryDueMs, this.#idleDueMs);
    if (dueAtMs !== never) this.wheel.scheduleAt(this, dueAtMs, this.wheel.nowMs());
  }

  protected disarm(): void {
    this.wheel.cancel(this);
  }

  onTimer(): void {
    const nowMs = this.wheel.nowMs();
    if (this.#responseDueMs <= nowMs) this.onLimit('response');
    else if (this.#tryDueMs <= nowMs) this.onLimit('per_try');
    else if (this.#idleDueMs <= nowMs) this.onLimit('idle');
    else this.arm();
  }

  get #responseDueMs(): number {
    const { deadlineMs } = this.#options;
    return deadlineMs > 0 ? this.#requestEndedAtMs + deadlineMs : never;
  }

  get #tryDueMs(): number {
    return this.#tryStartedAtMs + this.#options.perTryTimeoutMs;
  }

  get #idleDueMs(): number {
    const { idleTimeoutMs } = this.#options;
    return idleTimeoutMs > 0 ? this.#lastActivityMs + idleTimeoutMs : never;
  }
}
