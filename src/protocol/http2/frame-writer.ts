import type { SocketOutput } from '../net/socket-output.ts';
import {
  clientPreface,
  FrameFlag,
  frameHeaderBytes,
  FrameType,
  initialMaxFrameBytes,
} from './frame-codes.ts';

/** An identifier and its value. */
export type SettingPair = readonly [id: number, value: number];

const settingBytes = 6;
const pingBytes = 8;
const goAwayBytes = 8;
const errorCodeBytes = 4;
/** Of a WINDOW_UPDATE. */
const incrementBytes = 4;
/** Where a frame's flags are. */
const flagsOffset = 4;

/** Writes frames (RFC 9113 §6) to the output of a connection. */
export class FrameWriter {
  /** Largest payload, as the peer's SETTINGS say. */
  maxFrameBytes: number = initialMaxFrameBytes;
  /** Where the last HEADERS or DATA frame begins in the output, and in which of its generations. */
  frameAt = 0;
  frameGeneration = -1;
  readonly #output: SocketOutput;

  constructor(output: SocketOutput) {
    this.#output = output;
  }

  settings(pairs: readonly SettingPair[]): void {
    const into = this.#begin(pairs.length * settingBytes, FrameType.SETTINGS, 0, 0);
    let at = this.#output.position + frameHeaderBytes;
    for (const [id, value] of pairs) {
      at = into.writeUInt16BE(id, at);
      at = into.writeUInt32BE(value, at);
    }
    this.#output.commit(at);
  }

  settingsAck(): void {
    this.#begin(0, FrameType.SETTINGS, FrameFlag.ACK, 0);
    this.#output.commit(this.#output.position + frameHeaderBytes);
  }

  /** What a client sends before its first frame. */
  preface(): void {
    this.#output.copy(clientPreface);
  }

  /** @param bytes has the opaque octets of the PING at `start` */
  ping(bytes: Buffer, start: number, flags: number): void {
    const into = this.#begin(pingBytes, FrameType.PING, flags, 0);
    const at = this.#output.position + frameHeaderBytes;
    bytes.copy(into, at, start, start + pingBytes);
    this.#output.commit(at + pingBytes);
  }

  goAway(lastStreamId: number, errorCode: number): void {
    const into = this.#begin(goAwayBytes, FrameType.GOAWAY, 0, 0);
    const at = into.writeUInt32BE(lastStreamId, this.#output.position + frameHeaderBytes);
    this.#output.commit(into.writeUInt32BE(errorCode, at));
  }

  resetStream(streamId: number, errorCode: number): void {
    const into = this.#begin(errorCodeBytes, FrameType.RST_STREAM, 0, streamId);
    this.#output.commit(into.writeUInt32BE(errorCode, this.#output.position + frameHeaderBytes));
  }

  /** @param streamId 0: the connection's window */
  windowUpdate(streamId: number, increment: number): void {
    const into = this.#begin(incrementBytes, FrameType.WINDOW_UPDATE, 0, streamId);
    this.#output.commit(into.writeUInt32BE(increment, this.#output.position + frameHeaderBytes));
  }

  /** DATA with a copy of `piece`. */
  data(streamId: number, piece: Uint8Array, flags: number): void {
    const output = this.#output;
    this.#begin(piece.length, FrameType.DATA, flags, streamId);
    this.#noteFrame();
    output.position += frameHeaderBytes;
    output.copy(piece);
  }

  /** DATA with `piece` itself; see {@link SocketOutput.writeThrough}. */
  largeData(streamId: number, flags: number, piece: Uint8Array, lent: Uint8Array | undefined): void {
    const header = Buffer.allocUnsafe(frameHeaderBytes);
    writeFrameHeader(header, 0, piece.length, FrameType.DATA, flags, streamId);
    this.frameGeneration = -1;
    this.#output.writeThrough(header);
    this.#output.writeThrough(piece, lent);
  }

  /**
   * Room for a field block of up to `maxBytes`, which {@link endFields} makes frames of: it goes where
   * {@link fieldsStart} says.
   */
  beginFields(maxBytes: number): Buffer {
    const frames = Math.ceil(maxBytes / this.maxFrameBytes) + 1;
    return this.#output.reserve(maxBytes + frames * frameHeaderBytes);
  }

  get fieldsStart(): number {
    return this.#output.position + frameHeaderBytes;
  }

  /** HEADERS, and CONTINUATION if need be, of the field block that was written up to `end`. */
  endFields(streamId: number, end: number, flags: number): void {
    const output = this.#output;
    const { block, position } = output;
    const length = end - position - frameHeaderBytes;
    this.#noteFrame();
    if (length <= this.maxFrameBytes) {
      writeFrameHeader(block, position, length, FrameType.HEADERS, flags | FrameFlag.END_HEADERS, streamId);
      output.commit(end);
    } else this.#cutFields(streamId, length, flags);
  }

  /** Sets END_STREAM in the HEADERS or DATA frame that begins at `at`. False: it has left already. */
  markEnd(at: number, generation: number): boolean {
    if (generation !== this.#output.generation) return false;
    const { block } = this.#output;
    block[at + flagsOffset] = (block[at + flagsOffset] as number) | FrameFlag.END_STREAM;
    return true;
  }

  /** Before it is committed: that may be the end of a turn. */
  #noteFrame(): void {
    this.frameAt = this.#output.position;
    this.frameGeneration = this.#output.generation;
  }

  /** Moves the parts of a block apart, the last one first, to make room for frame headers. */
  #cutFields(streamId: number, length: number, flags: number): void {
    const output = this.#output;
    const { block, position } = output;
    const { maxFrameBytes } = this;
    const last = Math.ceil(length / maxFrameBytes) - 1;
    for (let i = last; i >= 0; i--) {
      const from = position + frameHeaderBytes + i * maxFrameBytes;
      const size = Math.min(maxFrameBytes, length - i * maxFrameBytes);
      const at = from + i * frameHeaderBytes;
      block.copyWithin(at, from, from + size);
      const type = i === 0 ? FrameType.HEADERS : FrameType.CONTINUATION;
      const ownFlags = (i === 0 ? flags : 0) | (i === last ? FrameFlag.END_HEADERS : 0);
      writeFrameHeader(block, at - frameHeaderBytes, size, type, ownFlags, streamId);
    }
    output.commit(position + length + (last + 1) * frameHeaderBytes);
  }

  /** Writes a frame's header; its payload has room behind it. */
  #begin(length: number, type: number, flags: number, streamId: number): Buffer {
    const output = this.#output;
    const into = output.reserve(frameHeaderBytes + length);
    writeFrameHeader(into, output.position, length, type, flags, streamId);
    return into;
  }
}

function writeFrameHeader(
  into: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  into[at] = length >>> 16;
  into[at + 1] = length >>> 8;
  into[at + 2] = length;
  into[at + 3] = type;
  into[at + 4] = flags;
  into[at + 5] = streamId >>> 24;
  into[at + 6] = streamId >>> 16;
  into[at + 7] = streamId >>> 8;
  into[at + 8] = streamId;
}
