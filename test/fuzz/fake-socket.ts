import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

/** The part of a socket that codecs use, without an event loop: what is written counts as sent. */
class FakeSocket extends EventEmitter {
  destroyed = false;
  writable = true;
  writableEnded = false;
  writableFinished = false;
  writableLength = 0;
  writableNeedDrain = false;
  writableHighWaterMark = 65_536;
  /** node:http looks into it. */
  _writableState: object = { needDrain: false };

  write(): boolean {
    return true;
  }

  end(): this {
    this.writableEnded = true;
    this.writableFinished = true;
    return this;
  }

  /** Without `close`: the owner of the test lets it follow by {@link closeFakeSocket}. */
  destroy(): this {
    this.destroyed = true;
    return this;
  }

  isPaused(): boolean {
    return false;
  }

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  cork(): void {}
  uncork(): void {}
}

/** A socket that is nowhere. */
export function createFakeSocket(): Duplex {
  // What a codec uses of a Duplex is all there; the rest would cost more than the parsing that is to be tested.
  return new FakeSocket() as unknown as Duplex;
}

/** The connection is gone: lets both ends release what they hold. */
export function closeFakeSocket(socket: Duplex): void {
  socket.destroy();
  socket.emit('close');
}
