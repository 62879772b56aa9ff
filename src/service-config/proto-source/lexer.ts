import { SourceProblem } from '../source/source-problem.ts';
import { readString } from './read-string.ts';
import type { Token } from './token.ts';

const identifier = /[A-Za-z_]\w*/y;
const hexadecimal = /0[xX][\da-fA-F]+/y;
const octal = /0[0-7]+(?![\d.eE])/y;
const float = /(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+/y;
const decimal = /\d+/y;
const blank = /[\s\ufeff]+/y;

const maxNameLength = 255;

/** Splits protobuf source into tokens, one at a time; comments and blanks are skipped. Throws {@link SourceProblem}. */
export class Lexer {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  next(): Token {
    this.#skip();
    const offset = this.#at;
    if (offset >= this.text.length) return { kind: 'end', offset, end: offset };
    const char = this.text.charAt(offset);
    if (char === '"' || char === "'") {
      const { bytes, end } = readString(this.text, offset);
      this.#at = end;
      return { kind: 'string', bytes, offset, end };
    }
    if (/\d/.test(char) || (char === '.' && /\d/.test(this.text.charAt(offset + 1)))) return this.#number();
    const name = this.#match(identifier);
    if (name !== undefined) {
      if (name.length > maxNameLength)
        throw new SourceProblem(`The name has more than ${maxNameLength} characters.`, offset);
      return { kind: 'identifier', text: name, offset, end: this.#at };
    }
    this.#at += 1;
    if (!/[\x21-\x7e]/.test(char)) throw new SourceProblem(`Invalid character '${char}'.`, offset);
    return { kind: 'symbol', text: char, offset, end: this.#at };
  }

  #number(): Token {
    const offset = this.#at;
    const hex = this.#match(hexadecimal) ?? undefined;
    if (hex !== undefined) return this.#finish({ kind: 'integer', value: BigInt(hex.toLowerCase()) }, offset);
    const real = this.#match(float);
    if (real !== undefined) return this.#finish({ kind: 'float', value: Number(real) }, offset);
    const eights = this.#match(octal);
    if (eights !== undefined)
      return this.#finish({ kind: 'integer', value: BigInt(`0o${eights.slice(1)}`) }, offset);
    const digits = this.#match(decimal) as string;
    if (digits.length > 1 && digits.startsWith('0'))
      throw new SourceProblem('A number that starts with 0 is octal and has only the digits 0 to 7.', offset);
    // As in protoc, more digits than 64 bits hold are a number for doubles alone.
    if (digits.length > maxDigits) return this.#finish({ kind: 'float', value: Number(digits) }, offset);
    return this.#finish({ kind: 'integer', value: BigInt(digits) }, offset);
  }

  #finish(
    value:
      | { readonly kind: 'integer'; readonly value: bigint }
      | { readonly kind: 'float'; readonly value: number },
    offset: number,
  ): Token {
    if (/[\w.]/.test(this.text.charAt(this.#at)))
      throw new SourceProblem('A number and what follows it must be apart.', this.#at);
    return { ...value, offset, end: this.#at };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skip(): void {
    for (;;) {
      this.#match(blank);
      if (this.text.startsWith('//', this.#at)) {
        const end = this.text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.text.length : end;
      } else if (this.text.startsWith('/*', this.#at)) {
        const end = this.text.indexOf('*/', this.#at + 2);
        if (end === -1) throw new SourceProblem('The comment has no end.', this.#at, 'Close it with */.');
        this.#at = end + 2;
      } else return;
    }
  }
}

/** Digits of the largest number that fits 64 bits; parsing a longer integer would cost in the square of its length. */
const maxDigits = 20;
