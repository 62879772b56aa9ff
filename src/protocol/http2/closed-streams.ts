/** How a stream came to its end. */
export const ClosedBy = {
  /** Not known: it was closed long ago, or passed over. */
  UNKNOWN: 0,
  /** Both sides have ended it. */
  END: 1,
  /** The client has reset it. */
  PEER: 2,
  /** We have reset it, which the client may not know yet. */
  US: 3,
} as const;
export type ClosedBy = (typeof ClosedBy)[keyof typeof ClosedBy];

/** What still comes for a stream that was reset can be behind as many other streams. */
const maxReset = 256;
/** To tell a broken client what is wrong with it; nothing can come for these. */
const maxEnded = 16;

/** The streams of a connection that were closed last: what still comes for them is judged by how they ended. */
export class ClosedStreams {
  readonly #reset = new RecentStreams(maxReset);
  readonly #ended = new RecentStreams(maxEnded);

  add(streamId: number, how: ClosedBy): void {
    (how === ClosedBy.END ? this.#ended : this.#reset).add(streamId, how);
  }

  find(streamId: number): ClosedBy {
    return this.#reset.find(streamId) ?? this.#ended.find(streamId) ?? ClosedBy.UNKNOWN;
  }
}

/** A ring; most connections need none of the one for streams that were reset. */
class RecentStreams {
  readonly #size: number;
  #ids: number[] = [];
  #how: ClosedBy[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  add(streamId: number, how: ClosedBy): void {
    this.#ids[this.#next] = streamId;
    this.#how[this.#next] = how;
    this.#next = (this.#next + 1) % this.#size;
  }

  find(streamId: number): ClosedBy | undefined {
    return this.#how[this.#ids.indexOf(streamId)];
  }
}
