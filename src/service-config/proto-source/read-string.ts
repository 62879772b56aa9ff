import { SourceProblem } from '../source/source-problem.ts';

const simpleEscapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  "'": 39,
  '?': 63,
  '\\': 92,
};

const numericEscape = /\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/y;

/** Reads a string literal from its opening quote on. Throws {@link SourceProblem}. */
export function readString(
  text: string,
  start: number,
): { readonly bytes: Uint8Array; readonly end: number } {
  const quote = text.charAt(start);
  const plainEnd = quote === '"' ? /["\\\n\0]/g : /['\\\n\0]/g;
  const chunks: Uint8Array[] = [];
  for (let at = start + 1; ;) {
    plainEnd.lastIndex = at;
    const stop = plainEnd.exec(text)?.index ?? text.length;
    if (stop > at) chunks.push(encoder.encode(text.slice(at, stop)));
    const char = text.charAt(stop);
    if (char === quote) return { bytes: concat(chunks), end: stop + 1 };
    if (char !== '\\') throw new SourceProblem('The string has no end on its line.', start);
    const [bytes, end] = readEscape(text, stop);
    chunks.push(bytes);
    at = end;
  }
}

const encoder = new TextEncoder();

function readEscape(text: string, at: number): readonly [Uint8Array, number] {
  const simple = simpleEscapes[text.charAt(at + 1)];
  if (simple !== undefined && Object.hasOwn(simpleEscapes, text.charAt(at + 1)))
    return [Uint8Array.of(simple), at + 2];
  numericEscape.lastIndex = at;
  const match = numericEscape.exec(text);
  if (match === null) throw new SourceProblem('Invalid escape sequence in string literal.', at);
  const [whole, octal, hexadecimal, short, long] = match;
  const end = at + whole.length;
  if (octal !== undefined) return [Uint8Array.of(Number.parseInt(octal, 8) & 0xff), end];
  if (hexadecimal !== undefined) return [Uint8Array.of(Number.parseInt(hexadecimal, 16)), end];
  const code = Number.parseInt((short ?? long) as string, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw new SourceProblem('The escape sequence is no Unicode character.', at);
  return [encoder.encode(String.fromCodePoint(code)), end];
}

/** Joins byte strings. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
