import { HuffmanDecoder } from './huffman-decoder.ts';

/** Octets behind the prefix of an integer that are read, for 28 bits: more than any index, length or table size has. */
const maxContinuationOctets = 4;
const huffmanFlag = 0x80;
const lengthPrefix = 0x7f;
const noOctets: Uint8Array = new Uint8Array(0);

/** What `toString('latin1', …)` comes down to, without its third of the cost; not in the types of Node. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** All readers share it: a string is taken out before the next one is read. */
const huffman = new HuffmanDecoder();

/** Reads the integers and strings of a field block (RFC 7541 §5). */
export class BlockReader {
  /** Of the next octet. */
  at = 0;
  end = 0;
  /** The string read last: `length` octets from `start` on, or the first of them that the limit allowed. */
  octets: Uint8Array = noOctets;
  start = 0;
  length = 0;
  /** It is known to have only visible ASCII and blanks. */
  isVisible = false;
  #block: Uint8Array = noOctets;

  reset(block: Uint8Array, start: number, end: number): void {
    this.#block = block;
    this.at = start;
    this.end = end;
  }

  /** Lets go of the block. */
  clear(): void {
    this.#block = noOctets;
    this.octets = noOctets;
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
    this.isVisible = false;
    if (!isHuffman) return true;
    if (!huffman.decode(this.#block, start, this.at, limit)) return false;
    this.octets = huffman.octets;
    this.start = 0;
    this.length = huffman.length;
    this.isVisible = !huffman.hasRareOctets;
    return true;
  }

  /** The string read last, or what the limit allowed of it. */
  text(): string {
    return latin1Slice.call(this.octets, this.start, this.start + this.length);
  }
}
