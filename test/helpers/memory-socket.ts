import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

/**
 * A socket that keeps what is written to it, and is full when a test says so. Only what codecs use of a socket is
 * there; `end` and `close` come in a later turn, as they do from a real one.
 */
export class MemorySocket extends EventEmitter {
  destroyed = false;
  writableEnded = false;
  writableFinished = false;
  writableLength = 0;
  writableNeedDrain = false;
  writableCorked = 0;
  isPaused = false;
  /** Calls of `write`. */
  writes = 0;
  readonly #written: Buffer[] = [];

  /** As the codec takes it. */
  get asDuplex(): Duplex {
    return this as unknown as Duplex;
  }

  /** All that was written so far. */
  get written(): Buffer {
    return Buffer.concat(this.#written);
  }

  write(octets: Uint8Array, onWritten?: (error?: Error | null) => void): boolean {
    this.writes++;
    this.#written.push(Buffer.from(octets));
    if (onWritten !== undefined) process.nextTick(onWritten);
    return !this.writableNeedDrain;
  }

  /** From the next write on the socket asks to wait. */
  fill(): void {
    this.writableNeedDrain = true;
  }

  /** The socket has room again. */
  empty(): void {
    this.writableNeedDrain = false;
    this.emit('drain');
  }

  end(): this {
    if (this.writableEnded) return this;
    this.writableEnded = true;
    setImmediate(() => {
      this.writableFinished = true;
      this.emit('finish');
    });
    return this;
  }

  destroy(): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    setImmediate(() => this.emit('close'));
    return this;
  }

  pause(): this {
    this.isPaused = true;
    return this;
  }

  resume(): this {
    this.isPaused = false;
    return this;
  }

  cork(): void {
    this.writableCorked++;
  }

  uncork(): void {
    this.writableCorked--;
  }
}
