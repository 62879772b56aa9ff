import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { giveBack } from './read-buffer.ts';
import type { TurnTask } from './turn-end.ts';
import { atTurnEnd } from './turn-end.ts';

/** Whose octets go out. */
export interface SocketOutputOwner {
  /** The socket asked to wait: from now on `isBlocked` is true. */
  onBlocked(): void;
  /** It does no longer, and has got what was held back. */
  onWritable(): void;
}

/** Pieces up to this size are better copied behind what waits to be written, larger ones written as they are. */
export const copyLimitBytes = 16_384;
/** A head and the largest piece that is copied. */
const blockBytes = 2 * copyLimitBytes;
/** Gathered writes are handed over at this size: to the kernel, a few large ones cost less than many. */
const maxCorkedBytes: number = 256 * 1024;
/**
 * Up to this size a block is carved from Node's pool: many small blocks that lie close together stay in the core's
 * cache from their writing to the end of the turn. Large ones of their own cost 10 % of a small request.
 */
const maxCarvedBytes = 4096;
/** Unused blocks that are kept: 2 MiB, one for each socket that can wait for a turn's end. */
const maxFreeBlocks = 64;

const freeBlocks: Buffer[] = [];

/**
 * What waits to be written to a socket. All that comes in one turn of the event loop leaves in one write at its end,
 * and so do the writes of all sockets (see {@link atTurnEnd}). While the socket takes no more it stays here; whoever
 * writes keeps it within bounds. Blocks are used again once the kernel has their octets, which is mostly when the write
 * returns.
 */
export class SocketOutput implements TurnTask {
  /** Octets were handed to the socket; for whoever wants to know of later ones to clear. */
  hasWritten = false;
  /** The socket asked to wait for its `drain`. */
  isBlocked = false;
  /** Where the next octet goes in the block: as many octets wait. */
  position = 0;
  /** How often a block was handed over: as long as it stays the same, what was written can still be changed. */
  generation = 0;
  readonly #socket: Duplex;
  readonly #owner: SocketOutputOwner;
  /** Another kind of stream may hold on to what was written to it. */
  readonly #canReuse: boolean;
  #block: Buffer | undefined = undefined;
  /** What the last block held: about what the next one will. */
  #usualBytes = 0;
  #isScheduled = false;
  #isCorked = false;
  /** The last write was over when it returned. */
  #isSynchronous = true;

  constructor(socket: Duplex, owner: SocketOutputOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.#canReuse = socket instanceof Socket;
    socket.on('drain', () => this.#onDrain());
  }

  /** The block, to change what was written to it in this {@link generation}. */
  get block(): Buffer {
    return this.#block as Buffer;
  }

  /** The block, with room for `length` octets from {@link position} on; {@link commit} tells what became of it. */
  reserve(length: number): Buffer {
    const block = this.#block;
    if (block !== undefined && block.length - this.position >= length) return block;
    return this.#makeRoom(length);
  }

  /** Octets are written up to `position`. */
  commit(position: number): void {
    this.position = position;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTurnEnd(this);
  }

  /** Appends a copy of `piece`. */
  copy(piece: Uint8Array): void {
    const { length } = piece;
    this.reserve(length).set(piece, this.position);
    this.commit(this.position + length);
    giveBack(piece);
  }

  /**
   * Writes a piece as it is, behind all that waits.
   *
   * @param lent given back once it is written: the piece, or the one that it is the last part of
   */
  writeThrough(piece: Uint8Array, lent?: Uint8Array): void {
    this.flush();
    if (lent === undefined) this.#write(piece, undefined);
    else
      this.#write(piece, (error) => {
        if (!error) giveBack(lent);
      });
  }

  /** From here to {@link uncork} writes are gathered, to leave as one. */
  cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
  }

  uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#socket.uncork();
    if (this.#socket.writableNeedDrain) this.#noteBlocked();
  }

  /** Hands everything to the socket now, even if it is blocked: before it is ended or destroyed. */
  flush(): void {
    const block = this.#block;
    if (block === undefined || this.position === 0) return;
    const octets = this.position === block.length ? block : block.subarray(0, this.position);
    this.#block = undefined;
    this.#usualBytes = Math.min(this.position, blockBytes);
    this.position = 0;
    this.generation++;
    this.#writeBlock(octets, block);
  }

  /** @internal */
  onTurnEnd(): void {
    this.#isScheduled = false;
    if (!this.isBlocked) this.flush();
  }

  #makeRoom(length: number): Buffer {
    if (this.position + length > blockBytes && !this.isBlocked) this.flush();
    const { position } = this;
    const block = this.#block;
    if (block === undefined) return (this.#block = takeBlock(Math.max(length, this.#usualBytes)));
    const grown = takeBlock(Math.max(2 * block.length, position + length));
    grown.set(block.subarray(0, position));
    this.#block = grown;
    recycle(block);
    return grown;
  }

  #writeBlock(octets: Buffer, block: Buffer): void {
    const socket = this.#socket;
    if (block.length !== blockBytes || !this.#canReuse) this.#write(octets, undefined);
    else if (this.#isSynchronous && !this.#isCorked) {
      this.#write(octets, undefined);
      if (socket.writableLength === 0) recycle(block);
      else this.#isSynchronous = false;
    } else {
      this.#write(octets, (error) => {
        if (!error) recycle(block);
      });
      this.#isSynchronous = socket.writableLength === 0;
    }
  }

  #write(octets: Uint8Array, onWritten: ((error?: Error | null) => void) | undefined): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    this.hasWritten = true;
    if (socket.write(octets, onWritten)) return;
    if (!this.#isCorked || socket.writableLength >= maxCorkedBytes) this.#noteBlocked();
  }

  #noteBlocked(): void {
    if (this.isBlocked) return;
    this.isBlocked = true;
    this.#owner.onBlocked();
  }

  #onDrain(): void {
    this.isBlocked = false;
    this.flush();
    if (!this.isBlocked) this.#owner.onWritable();
  }
}

function takeBlock(bytes: number): Buffer {
  if (bytes <= maxCarvedBytes || bytes > blockBytes) return Buffer.allocUnsafe(bytes);
  return freeBlocks.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
}

function recycle(block: Buffer): void {
  if (block.length === blockBytes && freeBlocks.length < maxFreeBlocks) freeBlocks.push(block);
}
