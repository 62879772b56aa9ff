/** Larger sections are not kept: two of these are all that a connection pays. */
const maxBytes = 2048;
/** A peer that has sent so many different sections in a row will hardly begin to repeat itself. */
const maxMisses = 8;

/**
 * The field section of the head that a connection read last. Peers that keep a connection send the same fields again
 * and again, with another request line: what is octet for octet the same need not be scanned, sorted and made into
 * strings anew (a twentieth of a small request's CPU time). HTTP/2 has HPACK for it.
 */
export class FieldMemory {
  #octets: Buffer | undefined = undefined;
  #length = 0;
  #misses = 0;

  /** Whether the next section is worth keeping. */
  get isOpen(): boolean {
    return this.#misses < maxMisses;
  }

  /** The length of the kept section if `bytes` has it from `start` on, all of it before `end`; else 0. */
  match(bytes: Buffer, start: number, end: number): number {
    const length = this.#length;
    const stop = start + length;
    if (length === 0 || stop > end) return 0;
    if (bytes.compare(this.#octets as Buffer, 0, length, start, stop) !== 0) return 0;
    this.#misses = 0;
    return length;
  }

  /** Keeps the section instead of the one before. */
  keep(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#misses++;
    this.#length = 0;
    if (!this.isOpen || length > maxBytes) {
      this.#octets = undefined;
      return;
    }
    if (this.#octets === undefined || this.#octets.length < length)
      this.#octets = Buffer.allocUnsafeSlow(length);
    bytes.copy(this.#octets, 0, start, end);
    this.#length = length;
  }
}
