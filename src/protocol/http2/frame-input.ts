import type { OctetInput } from '../net/socket-reader.ts';
import { FieldBlock } from './field-block.ts';
import { FrameFlag, FrameType, Http2Error, initialMaxFrameBytes } from './frame-codes.ts';
import { FrameReader, FrameResult } from './frame-reader.ts';

/** What a connection hears of its peer. Frames are checked as far as that takes no knowledge of streams. */
export interface FrameInputOwner {
  /** A whole field block, which is the owner's to decode until it returns. */
  onFieldBlock(streamId: number, block: FieldBlock): void;
  /** @param frameBytes what counts for flow control: content and padding */
  onData(streamId: number, content: Buffer, frameBytes: number, endsStream: boolean): void;
  onReset(streamId: number, errorCode: number): void;
  /** @param bytes has pairs of identifier and value from `start` to `end` */
  onSettings(bytes: Buffer, start: number, end: number): void;
  onSettingsAck(): void;
  /** @param bytes has the opaque octets at `start` */
  onPing(bytes: Buffer, start: number): void;
  /** Ours was answered. */
  onPingAck(): void;
  onGoAway(lastStreamId: number): void;
  /** @param streamId 0: the connection's window */
  onWindowUpdate(streamId: number, increment: number): void;
  /** A frame that means nothing to us. */
  onOther(): void;
  onStreamError(streamId: number, errorCode: number): void;
  /** Nothing can be made of what comes from here on. */
  onConnectionError(errorCode: number): void;
}

const priorityBytes = 5;
const errorCodeBytes = 4;
const incrementBytes = 4;
const settingBytes = 6;
const pingBytes = 8;
const goAwayBytes = 8;

/** Reads the frames of a connection (RFC 9113 §6). */
export class FrameInput {
  readonly #reader: FrameReader;
  readonly #owner: FrameInputOwner;
  readonly #octets: Pick<OctetInput, 'keep'>;
  readonly #block: FieldBlock;
  #hasSettings = false;
  #isStopped = false;
  /** Frames that were read whole and left no field block open. */
  #progress = 0;

  /**
   * @param options.preface see {@link FrameReader}; default none
   * @param options.maxBlockBytes most that an encoded field block may have
   * @param options.octets where those that are pushed come from
   */
  constructor(
    options: { preface?: Buffer; maxBlockBytes: number; octets: Pick<OctetInput, 'keep'> },
    owner: FrameInputOwner,
  ) {
    this.#reader = new FrameReader(initialMaxFrameBytes, options.preface ?? Buffer.alloc(0));
    this.#block = new FieldBlock(options.maxBlockBytes);
    this.#octets = options.octets;
    this.#owner = owner;
  }

  /** Something was begun that must be completed soon: the preface, a field block, a frame other than DATA. */
  get isUnfinished(): boolean {
    const reader = this.#reader;
    return (
      !this.#hasSettings ||
      this.#block.streamId !== 0 ||
      (reader.isWithinFrame && reader.type !== FrameType.DATA)
    );
  }

  /** A DATA frame has begun, and is not whole yet. */
  get isWithinData(): boolean {
    return this.#reader.isWithinFrame && this.#reader.type === FrameType.DATA;
  }

  /** Changes whenever something is completed. */
  get progress(): number {
    return this.#progress;
  }

  /** Takes octets; the owner hears of what is in them before this returns. */
  push(chunk: Buffer): void {
    const reader = this.#reader;
    if (this.#isStopped) return;
    reader.push(chunk);
    for (;;) {
      const result = reader.next();
      if (result === FrameResult.MORE) return;
      if (result === FrameResult.FRAME) this.#onFrame(reader);
      else if (result === FrameResult.TOO_LARGE) this.#fail(Http2Error.FRAME_SIZE_ERROR);
      else this.#fail(Http2Error.PROTOCOL_ERROR);
      if (this.#isStopped) return;
    }
  }

  /** What comes from here on is not looked at. */
  stop(): void {
    this.#isStopped = true;
  }

  #onFrame(reader: FrameReader): void {
    const { type } = reader;
    if (type === FrameType.CONTINUATION) return this.#onContinuation(reader);
    if (this.#block.streamId !== 0) return this.#fail(Http2Error.PROTOCOL_ERROR);
    if (!this.#hasSettings) {
      if (type !== FrameType.SETTINGS || (reader.flags & FrameFlag.ACK) !== 0)
        return this.#fail(Http2Error.PROTOCOL_ERROR);
      this.#hasSettings = true;
    }
    this.#progress++;
    switch (type) {
      case FrameType.DATA:
        return this.#onData(reader);
      case FrameType.HEADERS:
        return this.#onHeaders(reader);
      case FrameType.WINDOW_UPDATE:
        return this.#onWindowUpdate(reader);
      case FrameType.RST_STREAM:
        return this.#onReset(reader);
      case FrameType.SETTINGS:
        return this.#onSettings(reader);
      case FrameType.PING:
        return this.#onPing(reader);
      case FrameType.PRIORITY:
        return this.#onPriority(reader);
      case FrameType.GOAWAY:
        return this.#onGoAway(reader);
      case FrameType.PUSH_PROMISE:
        return this.#fail(Http2Error.PROTOCOL_ERROR);
      default:
        return this.#owner.onOther();
    }
  }

  #onData(reader: FrameReader): void {
    const { bytes, flags, streamId } = reader;
    if (streamId === 0) return this.#fail(Http2Error.PROTOCOL_ERROR);
    const frameBytes = reader.end - reader.start;
    if ((flags & FrameFlag.PADDED) !== 0 && !this.#unpad(reader)) return;
    const content = this.#octets.keep(bytes, reader.start, reader.end);
    this.#owner.onData(streamId, content, frameBytes, (flags & FrameFlag.END_STREAM) !== 0);
  }

  #onHeaders(reader: FrameReader): void {
    const { bytes, flags, streamId } = reader;
    if (streamId === 0) return this.#fail(Http2Error.PROTOCOL_ERROR);
    if ((flags & FrameFlag.PADDED) !== 0 && !this.#unpad(reader)) return;
    const block = this.#block;
    block.dependsOnItself = false;
    if ((flags & FrameFlag.PRIORITY) !== 0) {
      if (reader.end - reader.start < priorityBytes) return this.#fail(Http2Error.FRAME_SIZE_ERROR);
      block.dependsOnItself = readUint31(bytes, reader.start) === streamId;
      reader.start += priorityBytes;
    }
    block.endsStream = (flags & FrameFlag.END_STREAM) !== 0;
    block.bytes = bytes;
    block.start = reader.start;
    block.end = reader.end;
    if ((flags & FrameFlag.END_HEADERS) === 0) block.begin(streamId);
    else this.#tellBlock(streamId, block);
  }

  #onContinuation(reader: FrameReader): void {
    const { streamId } = reader;
    const block = this.#block;
    if (streamId === 0 || streamId !== block.streamId) return this.#fail(Http2Error.PROTOCOL_ERROR);
    if (!block.append(reader.bytes, reader.start, reader.end))
      return this.#fail(Http2Error.ENHANCE_YOUR_CALM);
    if ((reader.flags & FrameFlag.END_HEADERS) === 0) return;
    this.#progress++;
    block.finish();
    this.#tellBlock(streamId, block);
  }

  #tellBlock(streamId: number, block: FieldBlock): void {
    this.#owner.onFieldBlock(streamId, block);
    block.release();
  }

  #onPriority({ bytes, start, end, streamId }: FrameReader): void {
    if (streamId === 0) return this.#fail(Http2Error.PROTOCOL_ERROR);
    if (end - start !== priorityBytes) this.#owner.onStreamError(streamId, Http2Error.FRAME_SIZE_ERROR);
    else if (readUint31(bytes, start) === streamId)
      this.#owner.onStreamError(streamId, Http2Error.PROTOCOL_ERROR);
    else this.#owner.onOther();
  }

  #onReset({ bytes, start, end, streamId }: FrameReader): void {
    if (streamId === 0) this.#fail(Http2Error.PROTOCOL_ERROR);
    else if (end - start !== errorCodeBytes) this.#fail(Http2Error.FRAME_SIZE_ERROR);
    else this.#owner.onReset(streamId, bytes.readUInt32BE(start));
  }

  #onSettings({ bytes, start, end, flags, streamId }: FrameReader): void {
    const isAck = (flags & FrameFlag.ACK) !== 0;
    if (streamId !== 0) this.#fail(Http2Error.PROTOCOL_ERROR);
    else if ((isAck && end > start) || (end - start) % settingBytes !== 0)
      this.#fail(Http2Error.FRAME_SIZE_ERROR);
    else if (isAck) this.#owner.onSettingsAck();
    else this.#owner.onSettings(bytes, start, end);
  }

  #onPing({ bytes, start, end, flags, streamId }: FrameReader): void {
    if (streamId !== 0) this.#fail(Http2Error.PROTOCOL_ERROR);
    else if (end - start !== pingBytes) this.#fail(Http2Error.FRAME_SIZE_ERROR);
    else if ((flags & FrameFlag.ACK) === 0) this.#owner.onPing(bytes, start);
    else this.#owner.onPingAck();
  }

  #onGoAway({ bytes, start, end, streamId }: FrameReader): void {
    if (streamId !== 0) this.#fail(Http2Error.PROTOCOL_ERROR);
    else if (end - start < goAwayBytes) this.#fail(Http2Error.FRAME_SIZE_ERROR);
    else this.#owner.onGoAway(readUint31(bytes, start));
  }

  #onWindowUpdate({ bytes, start, end, streamId }: FrameReader): void {
    if (end - start !== incrementBytes) return this.#fail(Http2Error.FRAME_SIZE_ERROR);
    const increment = readUint31(bytes, start);
    if (increment > 0) this.#owner.onWindowUpdate(streamId, increment);
    else if (streamId === 0) this.#fail(Http2Error.PROTOCOL_ERROR);
    else this.#owner.onStreamError(streamId, Http2Error.PROTOCOL_ERROR);
  }

  /** Takes the padding off the frame (RFC 9113 §6.1). False: there is more than fits. */
  #unpad(reader: FrameReader): boolean {
    const { bytes, start, end } = reader;
    if (start === end) {
      this.#fail(Http2Error.FRAME_SIZE_ERROR);
      return false;
    }
    const padding = bytes[start] as number;
    if (padding >= end - start) {
      this.#fail(Http2Error.PROTOCOL_ERROR);
      return false;
    }
    reader.start = start + 1;
    reader.end = end - padding;
    return true;
  }

  #fail(errorCode: number): void {
    this.#isStopped = true;
    this.#owner.onConnectionError(errorCode);
  }
}

function readUint31(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) & 0x7fffffff;
}
