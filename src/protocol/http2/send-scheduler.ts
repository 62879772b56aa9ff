import type { HeaderList } from '../http/headers.ts';
import { copyLimitBytes, type SocketOutput } from '../net/socket-output.ts';
import { FrameFlag, initialMaxFrameBytes, initialWindowBytes, maxWindowBytes } from './frame-codes.ts';
import type { FieldWriter } from './field-writer.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { SendingStream } from './sending-stream.ts';

/** A sender is told to wait when more than this waits on its stream, and to go on at half of it. */
export const sendQueueBytes: number = 64 * 1024;
/** Larger frames would make other streams wait, whatever the peer takes. */
const maxDataBytes: number = 64 * 1024;

const noPiece = new Uint8Array();

/** Who watches that nothing waits for ever. */
export interface SendWatcher {
  /** Content of a stream begins to wait, or some of it was sent. */
  noteWaiting(stream: SendingStream): void;
}

/**
 * Sends the content of streams (RFC 9113 §5.2, §6.9): at once if windows and socket allow, otherwise a frame of each
 * stream in turn as soon as they do.
 */
export class SendScheduler {
  /** Octets that the peer lets us send on the connection. */
  window: number = initialWindowBytes;
  /** Frames with content that were sent; a larger one counts as so many of 16 KiB. */
  sentFrames = 0;
  readonly #output: SocketOutput;
  readonly #frames: FrameWriter;
  readonly #fields: FieldWriter;
  readonly #watcher: SendWatcher;
  /** Streams that could send if the connection could, in turn. */
  #first: SendingStream | undefined = undefined;
  #last: SendingStream | undefined = undefined;
  #isPumping = false;

  constructor(
    to: { readonly output: SocketOutput; readonly frames: FrameWriter; readonly fields: FieldWriter },
    watcher: SendWatcher,
  ) {
    this.#output = to.output;
    this.#frames = to.frames;
    this.#fields = to.fields;
    this.#watcher = watcher;
  }

  /** Content of a stream; what must wait is not copied. False: wait for `onSendRoom`. */
  send(stream: SendingStream, piece: Uint8Array): boolean {
    if (piece.length === 0) return !stream.wantsDrain;
    let sent = 0;
    if (stream.queuedBytes === 0 && this.#first === undefined) {
      sent = this.#sendNow(stream, piece);
      if (sent === piece.length) return true;
    }
    const waitsAlready = stream.queuedBytes > 0;
    stream.enqueue(piece, sent);
    if (!waitsAlready) this.#watcher.noteWaiting(stream);
    if (stream.sendWindow > 0) this.#list(stream);
    if (stream.queuedBytes <= sendQueueBytes) return true;
    stream.wantsDrain = true;
    return false;
  }

  /** The content of a stream is complete. `onSent` may come before this returns. */
  end(stream: SendingStream, trailers: HeaderList | undefined): void {
    stream.isEnding = true;
    if (trailers !== undefined && trailers.length > 0) stream.trailers = trailers;
    if (stream.queuedBytes === 0) this.#writeEnd(stream);
  }

  /** Forgets what waits on a stream that is gone. */
  drop(stream: SendingStream): void {
    if (stream.isListed) this.#unlist(stream);
    if (stream.queuedBytes === 0) return;
    stream.queuedBytes = 0;
    stream.clearQueue();
  }

  /** The peer lets us send more on the connection. False: more than there may be. */
  widen(increment: number): boolean {
    this.window += increment;
    if (this.window > maxWindowBytes) return false;
    this.pump();
    return true;
  }

  /** The peer lets us send more on a stream, or less; {@link pump} is to follow. False: more than there may be. */
  widenStream(stream: SendingStream, increment: number): boolean {
    stream.sendWindow += increment;
    if (stream.sendWindow > maxWindowBytes) return false;
    if (stream.queuedBytes > 0 && stream.sendWindow > 0) this.#list(stream);
    return true;
  }

  /** Sends what waits and may go. */
  pump(): void {
    if (this.#isPumping || this.#first === undefined) return;
    this.#isPumping = true;
    this.#output.cork();
    while (this.#first !== undefined && this.window > 0 && !this.#output.isBlocked) {
      const stream = this.#first;
      this.#unlist(stream);
      if (stream.sendWindow > 0) this.#sendQueued(stream);
    }
    this.#output.uncork();
    this.#isPumping = false;
  }

  /** Sends as much of `piece` as may go. Returns how many octets went. */
  #sendNow(stream: SendingStream, piece: Uint8Array): number {
    const isLarge = piece.length > copyLimitBytes;
    if (isLarge) this.#output.cork();
    let sent = 0;
    while (sent < piece.length && stream.sendWindow > 0 && this.window > 0 && !this.#output.isBlocked)
      sent += this.#sendFrame(stream, piece, sent, 0);
    if (isLarge) this.#output.uncork();
    return sent;
  }

  /** Sends a frame of what waits on a stream, which goes to the end of the line then. */
  #sendQueued(stream: SendingStream): void {
    const piece = stream.firstQueued;
    const isLastPiece = stream.queuedBytes === piece.length - stream.queueOffset;
    const endsWithData = stream.isEnding && stream.trailers === undefined && isLastPiece;
    const sent = this.#sendFrame(stream, piece, stream.queueOffset, endsWithData ? FrameFlag.END_STREAM : 0);
    stream.queuedBytes -= sent;
    stream.queueOffset += sent;
    if (stream.queueOffset === piece.length) stream.dequeue();
    this.#watcher.noteWaiting(stream);
    if (stream.queuedBytes > 0 && stream.sendWindow > 0) this.#list(stream);
    if (stream.queuedBytes === 0 && stream.isEnding) {
      if (endsWithData) stream.onSent();
      else this.#writeEnd(stream);
    } else if (stream.wantsDrain && stream.queuedBytes <= sendQueueBytes / 2) {
      stream.wantsDrain = false;
      stream.onSendRoom();
    }
  }

  /** Sends a frame of `piece` from `from` on. Returns how many octets it took. */
  #sendFrame(stream: SendingStream, piece: Uint8Array, from: number, endFlag: number): number {
    const { length } = piece;
    const frames = this.#frames;
    const most = Math.min(this.window, stream.sendWindow, frames.maxFrameBytes, maxDataBytes);
    const size = Math.min(length - from, most);
    const to = from + size;
    const part = size === length ? piece : piece.subarray(from, to);
    const flags = to === length ? endFlag : 0;
    this.window -= size;
    stream.sendWindow -= size;
    this.sentFrames += Math.ceil(size / initialMaxFrameBytes);
    if (length > copyLimitBytes) frames.largeData(stream.id, flags, part, to === length ? piece : undefined);
    else frames.data(stream.id, part, flags);
    stream.frameAt = frames.frameAt;
    stream.frameGeneration = frames.frameGeneration;
    return size;
  }

  #writeEnd(stream: SendingStream): void {
    const { trailers } = stream;
    if (trailers !== undefined) this.#fields.trailers(stream, trailers);
    else if (!this.#frames.markEnd(stream.frameAt, stream.frameGeneration))
      this.#frames.data(stream.id, noPiece, FrameFlag.END_STREAM);
    stream.onSent();
  }

  #list(stream: SendingStream): void {
    if (stream.isListed) return;
    stream.isListed = true;
    if (this.#last === undefined) this.#first = stream;
    else this.#last.nextListed = stream;
    this.#last = stream;
  }

  #unlist(stream: SendingStream): void {
    let before: SendingStream | undefined;
    for (let one = this.#first; one !== undefined && one !== stream; one = one.nextListed) before = one;
    if (before === undefined) this.#first = stream.nextListed;
    else before.nextListed = stream.nextListed;
    if (this.#last === stream) this.#last = before;
    stream.nextListed = undefined;
    stream.isListed = false;
  }
}
