/** Bounds how often something happens: at once `burst` times, then as often as tokens come back. */
export class TokenBucket {
  readonly #burst: number;
  readonly #ratePerSecond: number;
  readonly #nowMs: () => number;
  #tokens: number;
  #refilledMs: number;

  /** @param nowMs monotonic milliseconds; only looked at when no token is left */
  constructor(options: { burst: number; ratePerSecond: number }, nowMs: () => number) {
    this.#burst = options.burst;
    this.#ratePerSecond = options.ratePerSecond;
    this.#nowMs = nowMs;
    this.#tokens = options.burst;
    this.#refilledMs = nowMs();
  }

  /** Takes a token. False: there is none. */
  take(): boolean {
    if (this.#tokens < 1) this.#refill();
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Gives tokens back before their time, up to the burst. */
  credit(tokens: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + tokens);
  }

  #refill(): void {
    const nowMs = this.#nowMs();
    this.credit(((nowMs - this.#refilledMs) / 1000) * this.#ratePerSecond);
    this.#refilledMs = nowMs;
  }
}
