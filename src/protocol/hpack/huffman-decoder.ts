/** Bits of the code of each octet, and of {@link eos} behind them (RFC 7541 appendix B). */
const codeBits = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

/** Stands for the end of a string, and is in none. */
const eos = 256;
const minCodeBits = 5;
const maxCodeBits = 30;
const maxPaddingBits = 7;
const initialBytes = 1024;

/** Bits that are looked up at once: most pairs of octets, and the codes of all but rare octets. */
const windowBits = 12;
const windowMask: number = (1 << windowBits) - 1;

/** The octets in the order of their codes, which rise with their length, then with the octet. */
const octetsByCode: readonly number[] = codeBits
  .map((_, octet) => octet)
  .sort((a, b) => (codeBits[a] as number) - (codeBits[b] as number) || a - b);

/** By bits: the first code that is so long, and where its octet is in {@link octetsByCode}. */
const firstCode: Int32Array = new Int32Array(maxCodeBits + 2);
const firstPlace: Int32Array = new Int32Array(maxCodeBits + 2);
for (let bits = 1, code = 0, place = 0; bits <= maxCodeBits + 1; bits++) {
  firstCode[bits] = code;
  firstPlace[bits] = place;
  for (; codeBits[octetsByCode[place] as number] === bits; place++) code++;
  code *= 2;
}

/**
 * By window: the one or two octets it begins with, in the lowest two octets; how many they are at {@link countShift}
 * and the bits of their codes at {@link usedShift}. 0 where the first code is longer than the window.
 */
const windows: Int32Array = new Int32Array(1 << windowBits);
const countShift = 16;
const usedShift = 20;
fillWindows();

/** Decodes strings one after the other to one piece of memory. */
export class HuffmanDecoder {
  /** The string decoded last: the first {@link length} octets. */
  octets: Buffer = Buffer.allocUnsafeSlow(initialBytes);
  length = 0;
  /** It may have other octets than visible ASCII and blanks; only those have short codes. */
  hasRareOctets = false;

  /**
   * Decodes the string at `start`…`end` of `source`. What goes beyond `limit` octets is counted, but not kept.
   *
   * @returns false for EOS in it, or padding that is longer than 7 bits or not of ones (RFC 7541 §5.2)
   */
  decode(source: Uint8Array, start: number, end: number, limit: number): boolean {
    this.#reserve(Math.min(Math.floor(((end - start) * 8) / minCodeBits), limit) + 2);
    this.hasRareOctets = false;
    const into = this.octets;
    const endBit = end * 8;
    let length = 0;
    // The lowest `bits` bits of `ahead` come next; behind the end come ones, which no short code consists of.
    let ahead = 0;
    let bits = 0;
    let at = start;
    for (;;) {
      if (bits < windowBits) {
        const two =
          at + 1 < end
            ? ((source[at] as number) << 8) | (source[at + 1] as number)
            : ((at < end ? (source[at] as number) : 0xff) << 8) | 0xff;
        ahead = (ahead << 16) | two;
        bits += 16;
        at += 2;
      }
      const window = (ahead >>> (bits - windowBits)) & windowMask;
      const found = windows[window] as number;
      if (found !== 0) {
        if (length < limit) {
          into[length] = found;
          into[length + 1] = found >>> 8;
        }
        length += (found >>> countShift) & 3;
        bits -= found >>> usedShift;
        continue;
      }
      let bit = at * 8 - bits;
      if (window === windowMask && endBit - bit <= maxPaddingBits) {
        this.length = length;
        return bit <= endBit;
      }
      const octet = readLongCode(source, bit, endBit);
      bit += codeBits[octet] as number;
      if (octet === eos || bit > endBit) return false;
      this.hasRareOctets = true;
      if (length < limit) into[length] = octet;
      length++;
      at = (bit + 7) >>> 3;
      ahead = source[at - 1] as number;
      bits = at * 8 - bit;
    }
  }

  #reserve(bytes: number): void {
    const { length } = this.octets;
    if (bytes > length) this.octets = Buffer.allocUnsafeSlow(Math.max(bytes, length * 2));
  }
}

/** The octet, or {@link eos}, that begins at `bit` and has a code longer than a window: rare, hence bit by bit. */
function readLongCode(source: Uint8Array, bit: number, endBit: number): number {
  let code = 0;
  for (let bits = 1; bits <= maxCodeBits; bits++) {
    const at = bit + bits - 1;
    // Behind the end come ones.
    code = code * 2 + (at < endBit ? ((source[at >>> 3] as number) >>> (7 - (at & 7))) & 1 : 1);
    const place = (firstPlace[bits] as number) + code - (firstCode[bits] as number);
    if (place < (firstPlace[bits + 1] as number)) return octetsByCode[place] as number;
  }
  return eos;
}

function fillWindows(): void {
  visitCodes(windowBits, (first, code, bits) => {
    const room = windowBits - bits;
    const from = code << room;
    windows.fill(first | (1 << countShift) | (bits << usedShift), from, from + (1 << room));
    visitCodes(room, (second, nextCode, nextBits) => {
      const rest = room - nextBits;
      const pair = first | (second << 8) | (2 << countShift) | ((bits + nextBits) << usedShift);
      const start = from + (nextCode << rest);
      windows.fill(pair, start, start + (1 << rest));
    });
  });
}

/** Visits the octets with codes of up to `maxBits` bits, in the order of their codes. */
function visitCodes(maxBits: number, visit: (octet: number, code: number, bits: number) => void): void {
  for (let place = 0; ; place++) {
    const octet = octetsByCode[place] as number;
    const bits = codeBits[octet] as number;
    if (bits > maxBits) return;
    visit(octet, (firstCode[bits] as number) + place - (firstPlace[bits] as number), bits);
  }
}
