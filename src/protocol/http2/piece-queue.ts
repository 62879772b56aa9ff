/** So many places of pieces that were taken are put up with before the others move up. */
const maxTaken = 32;

/** Pieces of content in their order. Memory stays near what waits, however long the queue is never empty. */
export class PieceQueue<T extends Uint8Array> {
  #pieces: Array<T | undefined> = [];
  /** Where the first piece is. */
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#pieces.length;
  }

  /** The piece that was there before all others; undefined if there is none. */
  get first(): T | undefined {
    return this.#pieces[this.#head];
  }

  /** The piece that was pushed last; undefined if there is none. */
  get last(): T | undefined {
    return this.#pieces[this.#pieces.length - 1];
  }

  push(piece: T): void {
    this.#pieces.push(piece);
  }

  /** Puts `piece` in the place of the one that was pushed last and still waits. */
  replaceLast(piece: T): void {
    this.#pieces[this.#pieces.length - 1] = piece;
  }

  /** Takes the first piece; undefined if there is none. */
  shift(): T | undefined {
    const pieces = this.#pieces;
    if (this.isEmpty) return undefined;
    const piece = pieces[this.#head];
    pieces[this.#head++] = undefined;
    if (this.#head === pieces.length) this.clear();
    else if (this.#head > maxTaken && this.#head * 2 > pieces.length) {
      pieces.splice(0, this.#head);
      this.#head = 0;
    }
    return piece;
  }

  clear(): void {
    this.#pieces = [];
    this.#head = 0;
  }
}
