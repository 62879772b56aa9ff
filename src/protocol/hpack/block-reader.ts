import { decodeHuffman, decodingSlackBytes, maxDecodedLength } from './huffman.ts';

/** Octets behind the prefix of an integer that are read, for 28 bits: more than any index, length or table size has. */
const maxContinuationOctets = 4;
const huffmanFlag = 0x80;
const lengthPrefix = 0x7f;
const initialScratchBytes = 1024;

/** Where Huffman strings are decoded to. All readers share it: a string is taken out before the next one is read. */
let scratch: Buffer = Buffer.allocUnsafeSlow(initialScratchBytes);

/** Reads the integers and strings of a field block (RFC 7541 §5). */
export class BlockReader {
  /** Of the next octet. */
  at = 0;
  end = 0;
  /** The string read last: `length` octets from `start` on, or the first of them that the limit allowed. */
  octets: Buffer = scratch;
  start = 0;
  length = 0;
  #block: Buffer = scratch;

  reset(block: Uint8Array, start: number, end: number): void {
    this.#block = Buffer.isBuffer(block)
      ? block
      : Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    this.at = start;
    this.end = end;
  }

  /** Lets go of the block. */
  clear(): void {
    this.#block = scratch;
    this.octets = scratch;
  }

  /**
   * The integer that begins in the bits `prefix` of the next octet, which must be there (§5.1); -1 if the block ends
   * within it or it is too large.
   */
  readInteger(prefix: number): number {
    let value = (this.#block[this.at++] as number) & prefix;
    if (value < prefix) return value;
    for (let shift = 0; shift < 7 * maxContinuationOctets && this.at < this.end; shift += 7) {
      const octet = this.#block[this.at++] as number;
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) return value;
    }
    return -1;
  }

  /**
   * Reads a string (§5.2); false if it is none, or not all there.
   *
   * @param limit octets of it that are of interest, at most
   */
  readString(limit: number): boolean {
    if (this.at >= this.end) return false;
    const isHuffman = (this.#block[this.at] as number) >= huffmanFlag;
    const size = this.readInteger(lengthPrefix);
    const start = this.at;
    if (size < 0 || size > this.end - start) return false;
    this.at += size;
    this.start = start;
    this.length = size;
    this.octets = this.#block;
    if (isHuffman) this.#decode(size, limit);
    return this.length >= 0;
  }

  /** The string read last, or what the limit allowed of it. */
  text(): string {
    return this.octets.toString('latin1', this.start, this.start + this.length);
  }

  #decode(size: number, limit: number): void {
    const room = Math.min(maxDecodedLength(size), limit) + decodingSlackBytes;
    if (room > scratch.length) scratch = Buffer.allocUnsafeSlow(Math.max(room, scratch.length * 2));
    this.length = decodeHuffman(this.#block, this.start, this.at, scratch, limit);
    this.octets = scratch;
    this.start = 0;
  }
}
