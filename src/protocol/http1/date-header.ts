import type { Clock } from '../../core/clock.ts';

/** The value of `Date` (RFC 9110 §6.6.1), made once a second. Shared by all connections. */
export class DateHeader {
  readonly #clock: Clock;
  #second = Number.NaN;
  #line = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The field line for now, with its line end. */
  get line(): string {
    const second = Math.floor(this.#clock.nowMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = `date: ${new Date(second * 1000).toUTCString()}\r\n`;
    }
    return this.#line;
  }
}
