/** More than a socket has at once with the kernel's default receive buffer. */
const readBufferBytes = 131_072;
/** Pieces from this size on are lent, smaller ones copied. */
export const lendFromBytes = 8_192;
/** Unused ones that are kept for the next large body: 2 MiB. */
const maxFree = 16;

const free: ReadBuffer[] = [];
const lent = new WeakMap<Uint8Array, ReadBuffer>();

/** A large buffer that a socket reads into; pieces of it go on to another socket, and come back when it has them. */
export class ReadBuffer {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  #pieces = 0;
  #isInUse = true;

  get isLent(): boolean {
    return this.#pieces > 0;
  }

  /** Whether `chunk` is a part of it. */
  holds(chunk: Buffer): boolean {
    return chunk.buffer === this.bytes.buffer;
  }

  /** `piece` is handed on, and is itself the token by which it comes back. */
  lend(piece: Buffer): Buffer {
    this.#pieces++;
    lent.set(piece, this);
    return piece;
  }

  /** Its socket reads elsewhere from now on. */
  release(): void {
    this.#isInUse = false;
    this.#recycle();
  }

  /** @internal */
  reuse(): this {
    this.#isInUse = true;
    return this;
  }

  /** @internal */
  takeBack(): void {
    this.#pieces--;
    this.#recycle();
  }

  #recycle(): void {
    if (!this.#isInUse && this.#pieces === 0 && free.length < maxFree) free.push(this);
  }
}

/** A buffer that nothing else uses. */
export function takeReadBuffer(): ReadBuffer {
  return free.pop()?.reuse() ?? new ReadBuffer();
}

/**
 * Tells that the octets of `piece` are with the kernel and will not be looked at again. Harmless for whatever was not
 * lent; a piece that is never given back costs its buffer's reuse, no more.
 */
export function giveBack(piece: Uint8Array): void {
  if (piece.length < lendFromBytes) return;
  const buffer = lent.get(piece);
  if (buffer === undefined) return;
  lent.delete(piece);
  buffer.takeBack();
}

/** Keeps the octets of `piece` as they are, whoever gives it back: its buffer is not used again. */
export function retain(piece: Uint8Array): void {
  lent.delete(piece);
}
