/**
 * How much a peer may still send on a stream or a connection (RFC 9113 §6.9). What has been used up is granted again
 * when it comes to half of the window, so that many small frames cost one WINDOW_UPDATE.
 */
export class ReceiveWindow {
  /** Octets that may still come; negative after a setting that made the window smaller. */
  left: number;
  /** Octets that were used up and not granted again. */
  #usedUp = 0;
  readonly #grantBytes: number;

  /**
   * @param left octets that may come now
   * @param size octets that may come when nothing waits to be used up
   */
  constructor(left: number, size: number) {
    this.left = left;
    this.#grantBytes = Math.max(1, Math.ceil(size / 2));
  }

  /** Octets have come. False: more than was allowed. */
  take(bytes: number): boolean {
    this.left -= bytes;
    return this.left >= 0;
  }

  /** Octets are used up, but nothing is to be granted for now. */
  hold(bytes: number): void {
    this.#usedUp += bytes;
  }

  /** Octets are used up. Returns how many to grant now, 0: none yet. */
  useUp(bytes: number): number {
    this.#usedUp += bytes;
    if (this.#usedUp < this.#grantBytes) return 0;
    const granted = this.#usedUp;
    this.#usedUp = 0;
    this.left += granted;
    return granted;
  }
}
