import { initialMaxFrameBytes } from './frame-codes.ts';

/**
 * CONTINUATION frames of one field block. A block within the limits needs one for each 16 KiB; a flood of small ones
 * costs time and memory while it looks like a single request (CVE-2024-27316). Default of nghttp2: 8.
 */
const maxContinuations = 16;

/** A field block, put together from HEADERS and CONTINUATION frames (RFC 9113 §4.3). */
export class FieldBlock {
  /** 0 while there is none, or it is whole. */
  streamId = 0;
  endsStream = false;
  /** The stream is told to depend on itself (RFC 7540 §5.3.1): a stream error. */
  dependsOnItself = false;
  /** The block is `bytes[start]` to `bytes[end - 1]`. */
  bytes: Buffer = nothing;
  start = 0;
  end = 0;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #partBytes = 0;

  /** @param maxBytes of an encoded block */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.max(maxBytes, initialMaxFrameBytes);
  }

  /** The block goes on in CONTINUATION frames. */
  begin(streamId: number): void {
    this.streamId = streamId;
    this.#parts = [Buffer.from(this.bytes.subarray(this.start, this.end))];
    this.#partBytes = this.end - this.start;
  }

  /** The fragment of a CONTINUATION frame. False: the block is too large, or in too many pieces. */
  append(bytes: Buffer, start: number, end: number): boolean {
    this.#partBytes += end - start;
    if (this.#partBytes > this.#maxBytes || this.#parts.length > maxContinuations) return false;
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    return true;
  }

  /** The fragment appended last was the last one. */
  finish(): void {
    this.bytes = Buffer.concat(this.#parts);
    this.start = 0;
    this.end = this.bytes.length;
    this.streamId = 0;
    this.#parts = [];
  }

  /** The block is decoded: its memory is held no longer. */
  release(): void {
    this.bytes = nothing;
  }
}

const nothing = Buffer.alloc(0);
