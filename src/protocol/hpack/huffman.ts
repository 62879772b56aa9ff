/** Bits of the code of each octet, and of EOS behind them (RFC 7541 appendix B). Codes rise with length, then octet. */
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

const eos = 256;
const minCodeBits = 5;
const maxCodeBits = 30;
const maxPaddingBits = 7;

/** Bits that are looked up at once: most pairs of octets, and the codes of all but rare octets. */
const windowBits = 12;
const windowMask: number = (1 << windowBits) - 1;

/** The octets by their codes: those with codes of n bits begin at `firstOctet[n]`, their codes at `firstCode[n]`. */
const octetsByCode: readonly number[] = codeBits
  .map((_, octet) => octet)
  .sort((a, b) => (codeBits[a] as number) - (codeBits[b] as number) || a - b);
const firstOctet = new Int32Array(maxCodeBits + 2);
const firstCode = new Int32Array(maxCodeBits + 2);
for (let bits = 1, code = 0, at = 0; bits <= maxCodeBits + 1; bits++) {
  const before = at;
  while (codeBits[octetsByCode[at] as number] === bits - 1) at++;
  code = (code + at - before) * 2;
  firstOctet[bits] = at;
  firstCode[bits] = code;
}

/**
 * By window: the one or two octets it begins with, in the lowest two octets; how many they are at {@link countShift}
 * and the bits of their codes at {@link bitsShift}. 0 where the first code is longer than the window.
 */
const windows: Int32Array = new Int32Array(1 << windowBits);
const countShift = 16;
const bitsShift = 20;
for (let window = 0; window < windows.length; window++) {
  const first = shortCode(window, windowBits);
  if (first < 0) continue;
  const firstBits = codeBits[first] as number;
  const rest = windowBits - firstBits;
  const second = shortCode(window & ((1 << rest) - 1), rest);
  windows[window] =
    second < 0
      ? first | (1 << countShift) | (firstBits << bitsShift)
      : first | (second << 8) | (2 << countShift) | ((firstBits + (codeBits[second] as number)) << bitsShift);
}

/** The most octets that `size` octets of Huffman code can stand for. */
export function maxDecodedLength(size: number): number {
  return Math.floor((size * 8) / minCodeBits);
}

/** What {@link decodeHuffman} needs more room for than it decodes. */
export const decodingSlackBytes = 2;

/**
 * Decodes the string at `start`…`end` of `source` to the beginning of `into`. What goes beyond `limit` octets is
 * counted, but not kept.
 *
 * @param into room for the lesser of `limit` and {@link maxDecodedLength}, and {@link decodingSlackBytes} more
 * @returns the string's length; -1 for EOS in it, or padding that is longer than 7 bits or not of ones (RFC 7541 §5.2)
 */
export function decodeHuffman(
  source: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  limit: number,
): number {
  const endBit = end * 8;
  let length = 0;
  let bit = start * 8;
  while (bit < endBit) {
    const at = bit >>> 3;
    // Behind the end come ones, which no short code consists of.
    const three =
      ((source[at] as number) << 16) |
      ((at + 1 < end ? (source[at + 1] as number) : 0xff) << 8) |
      (at + 2 < end ? (source[at + 2] as number) : 0xff);
    const window = (three >>> (24 - windowBits - (bit & 7))) & windowMask;
    const found = windows[window] as number;
    const to = length < limit ? length : limit;
    if (found !== 0) {
      into[to] = found;
      into[to + 1] = found >>> 8;
      length += (found >>> countShift) & 3;
      bit += found >>> bitsShift;
      continue;
    }
    if (window === windowMask && endBit - bit <= maxPaddingBits) return length;
    const octet = longCode(source, bit, endBit, window);
    if (octet === eos) return -1;
    into[to] = octet;
    length++;
    bit += codeBits[octet] as number;
  }
  return bit === endBit ? length : -1;
}

/** The octet whose code the lowest `bits` bits of `value` begin with; -1 if its code is longer. */
function shortCode(value: number, bits: number): number {
  for (let n = minCodeBits; n <= bits; n++) {
    const octet = octetOf(value >>> (bits - n), n);
    if (octet >= 0) return octet;
  }
  return -1;
}

/** The octet, or {@link eos}, at `bit`, whose code begins with `window` and goes on: rare, hence bit by bit. */
function longCode(source: Uint8Array, bit: number, endBit: number, window: number): number {
  let code = window;
  for (let n = windowBits + 1; n <= maxCodeBits; n++) {
    const next = bit + n - 1;
    code = code * 2 + (next < endBit ? ((source[next >>> 3] as number) >>> (7 - (next & 7))) & 1 : 1);
    const octet = octetOf(code, n);
    if (octet >= 0) return octet;
  }
  return eos;
}

/** The octet whose code is the `bits` bits of `code`; -1 if there is none. */
function octetOf(code: number, bits: number): number {
  const at = (firstOctet[bits] as number) + code - (firstCode[bits] as number);
  return at < (firstOctet[bits + 1] as number) ? (octetsByCode[at] as number) : -1;
}
