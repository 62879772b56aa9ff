import type { TimerWheel } from './timer-wheel.ts';
import { WheelEntry } from './timer-wheel.ts';

/**
 * A deadline that is moved for every message and nearly never met. Moving it later or dropping it touches no list: the
 * entry stays where it is in the wheel and looks again when its old time has come.
 */
export class Deadline extends WheelEntry {
  readonly #wheel: TimerWheel;
  readonly #onDue: () => void;
  #dueMs = Number.POSITIVE_INFINITY;
  #armedMs = Number.POSITIVE_INFINITY;

  constructor(wheel: TimerWheel, onDue: () => void) {
    super();
    this.#wheel = wheel;
    this.#onDue = onDue;
  }

  get isSet(): boolean {
    return this.#dueMs !== Number.POSITIVE_INFINITY;
  }

  /** Calls back `delayMs` from now instead of when it was set for; 0 means never. */
  set(delayMs: number): void {
    if (delayMs === 0) {
      this.clear();
      return;
    }
    this.#dueMs = this.#wheel.nowMs() + delayMs;
    if (this.wheelTick < 0 || this.#dueMs < this.#armedMs) this.#arm(delayMs);
  }

  /** Forgets the time set. */
  clear(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** Leaves the wheel. */
  close(): void {
    this.clear();
    this.#wheel.cancel(this);
  }

  onTimer(): void {
    if (!this.isSet) return;
    const leftMs = this.#dueMs - this.#wheel.nowMs();
    if (leftMs > 0) {
      this.#arm(leftMs);
      return;
    }
    this.clear();
    this.#onDue();
  }

  #arm(delayMs: number): void {
    this.#armedMs = this.#dueMs;
    this.#wheel.schedule(this, delayMs);
  }
}
