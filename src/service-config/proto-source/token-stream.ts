import { SourceProblem } from '../source/source-problem.ts';
import type { SourceText } from '../source/source-text.ts';
import { Lexer } from './lexer.ts';
import { concat } from './read-string.ts';
import { describeToken } from './token.ts';
import type { Token } from './token.ts';

const maxTypeNameLength = 1024;

/** Looks at the next token and takes it. Everything that is not as expected throws {@link SourceProblem}. */
export class TokenStream {
  readonly source: SourceText;
  readonly #lexer: Lexer;
  #next: Token;

  constructor(source: SourceText) {
    this.source = source;
    this.#lexer = new Lexer(source.text);
    this.#next = this.#lexer.next();
  }

  peek(): Token {
    return this.#next;
  }

  take(): Token {
    const token = this.#next;
    this.#next = this.#lexer.next();
    return token;
  }

  /** Whether the next token is this word or symbol. */
  looksAt(text: string): boolean {
    const token = this.#next;
    return (token.kind === 'identifier' || token.kind === 'symbol') && token.text === text;
  }

  /** Takes a word or symbol if it is next. */
  takeIf(text: string): boolean {
    if (!this.looksAt(text)) return false;
    this.take();
    return true;
  }

  expect(text: string): Token {
    if (!this.looksAt(text)) throw this.unexpected(`'${text}'`);
    return this.take();
  }

  identifier(what: string): { readonly text: string; readonly offset: number } {
    const token = this.#next;
    if (token.kind !== 'identifier') throw this.unexpected(what);
    this.take();
    return token;
  }

  /** `name` or `.pkg.Name`, without blanks. */
  typeName(what: string): { readonly text: string; readonly offset: number } {
    const { offset } = this.#next;
    let text = this.takeIf('.') ? '.' : '';
    text += this.identifier(what).text;
    while (this.takeIf('.')) {
      text += `.${this.identifier('a name').text}`;
      if (text.length > maxTypeNameLength)
        throw new SourceProblem(`The name has more than ${maxTypeNameLength} characters.`, offset);
    }
    return { text, offset };
  }

  /** One string literal or several beside each other, as bytes. */
  bytes(what: string): { readonly bytes: Uint8Array; readonly offset: number } {
    const { offset } = this.#next;
    const chunks: Uint8Array[] = [];
    for (let token = this.#next; token.kind === 'string'; token = this.#next) {
      chunks.push(token.bytes);
      this.take();
    }
    if (chunks.length === 0) throw this.unexpected(what);
    return { bytes: concat(chunks), offset };
  }

  /** A string literal that is text. */
  text(what: string): { readonly text: string; readonly offset: number } {
    const { bytes, offset } = this.bytes(what);
    const text = decodeText(bytes);
    if (text === undefined) throw new SourceProblem('The string is not UTF-8 text.', offset);
    return { text, offset };
  }

  /** An integer with its sign. */
  integer(what: string): { readonly value: bigint; readonly offset: number } {
    const { offset } = this.#next;
    const isNegative = this.takeIf('-');
    const token = this.#next;
    if (token.kind !== 'integer') throw this.unexpected(what);
    this.take();
    return { value: isNegative ? -token.value : token.value, offset };
  }

  /** The problem of finding something else than `wanted`. */
  unexpected(wanted: string): SourceProblem {
    return new SourceProblem(
      `Expected ${wanted} but found ${describeToken(this.#next, this.#lexer.text)}.`,
      this.#next.offset,
    );
  }
}

/** Text of UTF-8 bytes; undefined when they are none. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
