import type { SourceLimits } from './limits.ts';
import type { MappingEntry, SourceNode } from './source-node.ts';
import { SourceProblem } from './source-problem.ts';
import type { SourceText } from './source-text.ts';

/**
 * Reads JSON (RFC 8259) into a tree that knows its places. Refuses duplicate keys and nesting above the limit.
 * Linear in the length of the text.
 *
 * @throws SourceProblem
 */
export function parseJson(source: SourceText, limits: SourceLimits): SourceNode {
  const parser = new JsonParser(source, limits);
  return parser.document();
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const literals: ReadonlyArray<readonly [string, true | false | null]> = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonParser {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #limits: SourceLimits;
  #at = 0;
  #depth = 0;
  #nodes = 0;

  constructor(source: SourceText, limits: SourceLimits) {
    this.#source = source;
    this.#text = source.text;
    this.#limits = limits;
  }

  document(): SourceNode {
    this.#skipSpace();
    const root = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return root;
  }

  #value(): SourceNode {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.maxExpandedNodes)
      throw new SourceProblem('The document has too many values.', this.#at);
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case 0x22: {
        const offset = this.#at;
        return { kind: 'scalar', source: this.#source, offset, value: this.#string() };
      }
      default:
        return this.#literal();
    }
  }

  #object(): SourceNode {
    const offset = this.#at;
    this.#enter();
    const entries = new Map<string, MappingEntry>();
    this.#skipSpace();
    if (!this.#take(0x7d)) {
      do {
        this.#skipSpace();
        this.#member(entries);
        this.#skipSpace();
      } while (this.#take(0x2c));
      if (!this.#take(0x7d)) throw this.#unexpected("',' or '}'");
    }
    this.#depth -= 1;
    return { kind: 'mapping', source: this.#source, offset, entries };
  }

  #member(entries: Map<string, MappingEntry>): void {
    const keyOffset = this.#at;
    if (this.#text.charCodeAt(keyOffset) !== 0x22) throw this.#unexpected('a key in double quotes');
    const key = this.#string();
    if (entries.has(key)) throw new SourceProblem(`Duplicate key '${key}'.`, keyOffset);
    this.#skipSpace();
    if (!this.#take(0x3a)) throw this.#unexpected("':'");
    this.#skipSpace();
    entries.set(key, { keyOffset, value: this.#value() });
  }

  #array(): SourceNode {
    const offset = this.#at;
    this.#enter();
    const items: SourceNode[] = [];
    this.#skipSpace();
    if (!this.#take(0x5d)) {
      do {
        this.#skipSpace();
        items.push(this.#value());
        this.#skipSpace();
      } while (this.#take(0x2c));
      if (!this.#take(0x5d)) throw this.#unexpected("',' or ']'");
    }
    this.#depth -= 1;
    return { kind: 'sequence', source: this.#source, offset, items };
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > this.#limits.maxDepth)
      throw new SourceProblem(
        `The document is nested more than ${this.#limits.maxDepth} levels deep.`,
        this.#at,
      );
    this.#at += 1;
  }

  /** Looks for the closing quote; only a string with escapes is decoded. */
  #string(): string {
    const start = this.#at;
    let at = start + 1;
    let hasEscape = false;
    for (; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        hasEscape = true;
        at += 1;
      } else if (Number.isNaN(code)) {
        throw new SourceProblem('The string has no closing quote.', start);
      } else if (code < 0x20) {
        throw new SourceProblem('A control character inside a string must be escaped.', at);
      }
    }
    this.#at = at + 1;
    if (!hasEscape) return this.#text.slice(start + 1, at);
    try {
      return JSON.parse(this.#text.slice(start, at + 1)) as string;
    } catch (cause) {
      // The slice is a string literal, so only a bad escape is left to be wrong.
      throw Object.assign(new SourceProblem('The string has an invalid escape.', start), { cause });
    }
  }

  #literal(): SourceNode {
    const offset = this.#at;
    for (const [word, value] of literals) {
      if (!this.#text.startsWith(word, offset)) continue;
      this.#at += word.length;
      return { kind: 'scalar', source: this.#source, offset, value };
    }
    numberPattern.lastIndex = offset;
    const digits = numberPattern.exec(this.#text)?.[0];
    if (digits === undefined) throw this.#unexpected('a value');
    this.#at += digits.length;
    return { kind: 'scalar', source: this.#source, offset, value: toNumber(digits) };
  }

  #skipSpace(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #unexpected(wanted?: string): SourceProblem {
    const found = this.#at < this.#text.length ? `'${this.#text[this.#at]}'` : 'end of input';
    const message = wanted === undefined ? `Unexpected ${found}.` : `Expected ${wanted}, found ${found}.`;
    return new SourceProblem(message, this.#at);
  }
}

/** A double where it is exact, a bigint for larger integers. */
export function toNumber(digits: string): number | bigint {
  const value = Number(digits);
  return !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(digits) ? BigInt(digits) : value;
}
