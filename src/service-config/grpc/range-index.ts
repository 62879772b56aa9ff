/** Ranges of numbers, to be asked whether one of them has a number. Starts belong to a range, ends do not. */
export class RangeIndex {
  readonly #starts: readonly number[];
  /** The furthest end of the ranges up to each one in the order of their starts. */
  readonly #ends: readonly number[];

  constructor(ranges: ReadonlyArray<{ readonly start: number; readonly end: number }>) {
    const sorted = [...ranges].sort((a, b) => a.start - b.start);
    this.#starts = sorted.map(({ start }) => start);
    let furthest = -Infinity;
    this.#ends = sorted.map(({ end }) => (furthest = Math.max(furthest, end)));
  }

  has(number: number): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] as number) <= number) low = middle + 1;
      else high = middle;
    }
    return low > 0 && number < (this.#ends[low - 1] as number);
  }
}
