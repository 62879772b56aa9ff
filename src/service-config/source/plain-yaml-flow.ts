import { NotPlain, readQuoted, resolvePlain } from './plain-yaml-scalar.ts';
import type { MappingEntry, SourceNode } from './source-node.ts';
import type { SourceText } from './source-text.ts';

/** A flow collection that was read, where it ends, and how many values are in it. */
export interface Flow {
  readonly node: SourceNode;
  readonly end: number;
  readonly nodes: number;
}

/** Where a flow collection starts, the end of its line, and what it may cost. */
export interface FlowBounds {
  readonly start: number;
  readonly lineEnd: number;
  readonly maxDepth: number;
  readonly maxNodes: number;
}

/** Reads a flow collection that ends on its line. */
export function readFlow(source: SourceText, bounds: FlowBounds): Flow {
  const reader = new FlowReader(source, bounds);
  const node = reader.collection(bounds.maxDepth);
  return { node, end: reader.at, nodes: reader.nodes };
}

/** YAML 1.2 §7.4.2. */
const maxKeyLength = 1024;

class FlowReader {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #limit: number;
  readonly #maxNodes: number;
  at: number;
  nodes = 0;

  constructor(source: SourceText, { start, lineEnd, maxNodes }: FlowBounds) {
    this.#source = source;
    this.#text = source.text;
    this.at = start;
    this.#limit = lineEnd;
    this.#maxNodes = maxNodes;
  }

  collection(depth: number): SourceNode {
    if (depth <= 0) throw new NotPlain();
    return this.#text.charAt(this.at) === '[' ? this.#sequence(depth) : this.#mapping(depth);
  }

  #sequence(depth: number): SourceNode {
    const offset = this.at;
    const items: SourceNode[] = [];
    this.#list(']', () => items.push(this.#value(depth)));
    return { kind: 'sequence', source: this.#source, offset, items };
  }

  #mapping(depth: number): SourceNode {
    const offset = this.at;
    const entries = new Map<string, MappingEntry>();
    this.#list('}', () => {
      const keyOffset = this.at;
      const key = this.#key();
      if (this.at - keyOffset > maxKeyLength) throw new NotPlain();
      if (key === '<<' || entries.has(key)) throw new NotPlain();
      entries.set(key, { keyOffset, value: this.#value(depth) });
    });
    return { kind: 'mapping', source: this.#source, offset, entries };
  }

  /** Elements between brackets, separated by commas; a comma before the closing bracket is allowed. */
  #list(close: string, element: () => void): void {
    this.at += 1;
    this.#skipSpaces();
    while (this.#text.charAt(this.at) !== close) {
      element();
      this.#skipSpaces();
      const next = this.#text.charAt(this.at);
      if (next !== ',' && next !== close) throw new NotPlain();
      if (next === ',') this.at += 1;
      this.#skipSpaces();
    }
    this.at += 1;
  }

  #skipSpaces(): void {
    while (this.#text.charAt(this.at) === ' ') this.at += 1;
    if (this.at >= this.#limit) throw new NotPlain();
  }

  /** A key, its colon and the spaces behind it. */
  #key(): string {
    const first = this.#text.charAt(this.at);
    const isQuoted = first === '"' || first === "'";
    const key = isQuoted ? this.#quoted() : this.#plainText();
    this.#skipSpaces();
    if (this.#text.charAt(this.at) !== ':' || this.#text.charAt(this.at + 1) !== ' ') throw new NotPlain();
    this.at += 1;
    this.#skipSpaces();
    return key;
  }

  #value(depth: number): SourceNode {
    this.nodes += 1;
    if (this.nodes > this.#maxNodes) throw new NotPlain();
    const offset = this.at;
    const first = this.#text.charAt(offset);
    if (first === '[' || first === '{') return this.collection(depth - 1);
    const isQuoted = first === '"' || first === "'";
    const value = isQuoted ? this.#quoted() : resolvePlain(this.#plainText());
    return { kind: 'scalar', source: this.#source, offset, value };
  }

  #quoted(): string {
    const quoted = readQuoted(this.#text, this.at, this.#limit);
    this.at = quoted.end;
    return quoted.value;
  }

  /** Words without any character that could mean something in a flow. */
  #plainText(): string {
    plainWords.lastIndex = this.at;
    const text = plainWords.exec(this.#text)?.[0].trimEnd();
    if (text === undefined || text === '' || this.at + text.length > this.#limit) throw new NotPlain();
    this.at += text.length;
    return text;
  }
}

// A colon before a letter, digit or slash is part of a word, as in a URL; before anything else it could end a key.
const plainWords =
  /[A-Za-z0-9_/.$+~<](?:[A-Za-z0-9_/.$+~<>=;()@*&!%^|-]|:(?=[A-Za-z0-9_/])| (?=[A-Za-z0-9_/.$+(]))*|-[A-Za-z0-9_./-]+/y;
