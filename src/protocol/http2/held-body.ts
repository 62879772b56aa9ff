import { giveBack } from '../net/read-buffer.ts';
import { PieceQueue } from './piece-queue.ts';

/** Pieces that are small beside the memory that they hold are copied together, up to this size. */
const maxBlockBytes = 16_384;
const minBlockBytes = 1024;
/** A piece may hold so many times its size of memory. */
const maxOverhead = 4;

/** Content that waits for its receiver. Takes little more memory than it has octets, however it was cut. */
export class HeldBody {
  /** Octets that wait. */
  bytes = 0;
  readonly #pieces = new PieceQueue<Buffer>();
  /** The last piece is the beginning of this. */
  #block: Buffer | undefined = undefined;

  get isEmpty(): boolean {
    return this.#pieces.isEmpty;
  }

  push(piece: Buffer): void {
    this.bytes += piece.length;
    if (piece.length * maxOverhead < piece.buffer.byteLength) {
      this.#copy(piece);
      giveBack(piece);
    } else {
      this.#block = undefined;
      this.#pieces.push(piece);
    }
  }

  /** Takes the first piece; undefined if there is none. */
  shift(): Buffer | undefined {
    const piece = this.#pieces.shift();
    this.bytes -= piece?.length ?? 0;
    if (this.isEmpty) this.#block = undefined;
    return piece;
  }

  #copy(piece: Buffer): void {
    const pieces = this.#pieces;
    const last = this.#block === undefined ? undefined : pieces.last;
    const used = last?.length ?? 0;
    const total = used + piece.length;
    if (last === undefined || total > maxBlockBytes) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(minBlockBytes, piece.length));
      this.#block.set(piece);
      pieces.push(this.#block.subarray(0, piece.length));
      return;
    }
    const block = this.#blockFor(total, last);
    block.set(piece, used);
    pieces.replaceLast(block.subarray(0, total));
  }

  #blockFor(bytes: number, held: Buffer): Buffer {
    const block = this.#block as Buffer;
    if (bytes <= block.length) return block;
    this.#block = Buffer.allocUnsafeSlow(Math.min(maxBlockBytes, 2 * bytes));
    this.#block.set(held);
    return this.#block;
  }
}
