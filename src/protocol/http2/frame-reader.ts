import { frameHeaderBytes } from './frame-codes.ts';

/** What {@link FrameReader.next} came upon. */
export const FrameResult = {
  /** A whole frame. */
  FRAME: 0,
  /** Nothing whole is left of what was pushed. */
  MORE: 1,
  /** A frame larger than allowed: only its header was read. */
  TOO_LARGE: 2,
  /** The octets before the first frame are not what they must be. */
  BAD_PREFACE: 3,
} as const;
export type FrameResult = (typeof FrameResult)[keyof typeof FrameResult];

const nothing = Buffer.alloc(0);

/**
 * Finds the frames in the octets of a connection (RFC 9113 §4.1). Frames are looked at where they came; only one that
 * is cut is put together.
 */
export class FrameReader {
  type = 0;
  flags = 0;
  streamId = 0;
  /** The payload is `bytes[start]` to `bytes[end - 1]`; the chunk that was pushed, or memory of its own. */
  bytes: Buffer = nothing;
  start = 0;
  end = 0;
  readonly #maxFrameBytes: number;
  readonly #preface: Buffer;
  #prefaceRead = 0;
  #chunk: Buffer = nothing;
  #at = 0;
  /** The payload of a frame that is not all there, and how much of it is. */
  #part: Buffer | undefined = undefined;
  #partUsed = 0;
  /** A frame header that is not all there. */
  readonly #header: Buffer = Buffer.allocUnsafe(frameHeaderBytes);
  #headerUsed = 0;

  /**
   * @param maxFrameBytes largest payload, as our SETTINGS say
   * @param preface octets that come before the first frame: the client's preface (RFC 9113 §3.4), or none
   */
  constructor(maxFrameBytes: number, preface: Buffer) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#preface = preface;
  }

  /** Octets that are no whole frame yet are held. */
  get isWithinFrame(): boolean {
    return this.#part !== undefined || this.#headerUsed > 0;
  }

  /** Octets to find frames in. Those of the last push must have been read to their end. */
  push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Reads on: to the next whole frame, or to the end. */
  next(): FrameResult {
    if (this.#prefaceRead < this.#preface.length && !this.#readPreface()) return FrameResult.BAD_PREFACE;
    const chunk = this.#chunk;
    if (this.#part !== undefined) return this.#fill(this.#part);
    const left = chunk.length - this.#at;
    if (this.#headerUsed > 0 || left < frameHeaderBytes)
      return left === 0 ? this.#done() : this.#fillHeader();
    const at = this.#at;
    const length = this.#readHeader(chunk, at);
    if (length > this.#maxFrameBytes) return FrameResult.TOO_LARGE;
    this.start = at + frameHeaderBytes;
    this.end = this.start + length;
    if (this.end > chunk.length) {
      this.#at = this.start;
      return this.#begin(length);
    }
    this.bytes = chunk;
    this.#at = this.end;
    return FrameResult.FRAME;
  }

  #readHeader(bytes: Buffer, at: number): number {
    this.type = bytes[at + 3] as number;
    this.flags = bytes[at + 4] as number;
    // The reserved bit is ignored.
    this.streamId =
      (((bytes[at + 5] as number) & 0x7f) << 24) |
      ((bytes[at + 6] as number) << 16) |
      ((bytes[at + 7] as number) << 8) |
      (bytes[at + 8] as number);
    return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
  }

  /** All of the chunk is read: nothing of it is held on to. */
  #done(): FrameResult {
    this.#chunk = nothing;
    this.#at = 0;
    this.bytes = nothing;
    return FrameResult.MORE;
  }

  #readPreface(): boolean {
    const preface = this.#preface;
    const chunk = this.#chunk;
    while (this.#prefaceRead < preface.length && this.#at < chunk.length)
      if (preface[this.#prefaceRead++] !== chunk[this.#at++]) return false;
    return true;
  }

  #fillHeader(): FrameResult {
    const chunk = this.#chunk;
    const header = this.#header;
    while (this.#headerUsed < frameHeaderBytes && this.#at < chunk.length)
      header[this.#headerUsed++] = chunk[this.#at++] as number;
    if (this.#headerUsed < frameHeaderBytes) return this.#done();
    this.#headerUsed = 0;
    const length = this.#readHeader(header, 0);
    if (length > this.#maxFrameBytes) return FrameResult.TOO_LARGE;
    return this.#begin(length);
  }

  /** The payload is not all there; its header is read. */
  #begin(length: number): FrameResult {
    const part = Buffer.allocUnsafe(length);
    this.#part = part;
    this.#partUsed = 0;
    return this.#fill(part);
  }

  #fill(part: Buffer): FrameResult {
    const copied = this.#chunk.copy(part, this.#partUsed, this.#at);
    this.#at += copied;
    this.#partUsed += copied;
    if (this.#partUsed < part.length) return this.#done();
    this.#part = undefined;
    this.bytes = part;
    this.start = 0;
    this.end = part.length;
    return FrameResult.FRAME;
  }
}
