/** How a stream came to its end. */
export const ClosedBy = {
  /** Not known: it was closed long ago, or passed over. */
  UNKNOWN: 0,
  /** Both sides have ended it. */
  END: 1,
  /** The peer has reset it. */
  PEER: 2,
  /** We have reset it, which the peer may not know yet. */
  US: 3,
} as const;
export type ClosedBy = (typeof ClosedBy)[keyof typeof ClosedBy];

/** So many are remembered. */
const slots = 256;

/** The streams of a connection that were closed last: what still comes for them is judged by how they ended. */
export class ClosedStreams {
  readonly #ids = new Uint32Array(slots);
  readonly #how = new Uint8Array(slots);
  #next = 0;

  add(streamId: number, how: ClosedBy): void {
    this.#ids[this.#next] = streamId;
    this.#how[this.#next] = how;
    this.#next = (this.#next + 1) % slots;
  }

  find(streamId: number): ClosedBy {
    const at = this.#ids.indexOf(streamId);
    return at < 0 ? ClosedBy.UNKNOWN : (this.#how[at] as ClosedBy);
  }
}
