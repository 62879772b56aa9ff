import type { SourceLimits } from './limits.ts';
import { readFlow } from './plain-yaml-flow.ts';
import { canStartPlain, documentStart, lineEndFrom, skipSpaces } from './plain-yaml-lines.ts';
import { foldLines, NotPlain, readQuoted, resolvePlain } from './plain-yaml-scalar.ts';
import type { MappingEntry, MappingNode, SequenceNode, SourceNode } from './source-node.ts';
import type { SourceText } from './source-text.ts';

/** A tree, or the place from which on the text is not plain. */
export type PlainYamlResult =
  | { readonly kind: 'tree'; readonly root: SourceNode }
  | { readonly kind: 'notPlain'; readonly offset: number };

/**
 * Reads the YAML that API documents are written in: block mappings and sequences, scalars, flow collections on one
 * line, comments. Anything else (anchors, tags, tabs, several documents, whatever is wrong) is not plain, and the
 * complete parser takes over; a tree that this one returns is the tree that the complete one would. It exists for its
 * cost: the complete parser takes 400 ms and 80 MB for each MiB, this one a tenth.
 */
export function parsePlainYaml(source: SourceText, limits: SourceLimits): PlainYamlResult {
  const start = documentStart(source.text);
  const odd = /[\r\ufeff]|^(?:%|---|\.\.\.)/gm;
  odd.lastIndex = start;
  const found = odd.exec(source.text);
  if (found !== null) return { kind: 'notPlain', offset: found.index };
  const parser = new PlainYamlParser(source, limits, start);
  try {
    return { kind: 'tree', root: parser.document() };
  } catch (error) {
    if (error instanceof NotPlain) return { kind: 'notPlain', offset: parser.offset };
    throw error;
  }
}

/** YAML 1.2 §7.4.2: an implicit key has at most 1024 characters. */
const maxKeyLength = 1024;

const space = 0x20;
const hash = 0x23;
const dash = 0x2d;
const colon = 0x3a;

class PlainYamlParser {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #limits: SourceLimits;
  /** Start and end of the current line. */
  #lineStart = 0;
  #lineEnd = -1;
  /** What is read next in the line; its column is the indentation of a block that starts here. */
  #at = 0;
  #isEnd = false;
  #depth = 0;
  #nodes = 0;

  constructor(source: SourceText, limits: SourceLimits, start: number) {
    this.#source = source;
    this.#text = source.text;
    this.#limits = limits;
    this.#lineEnd = start - 1;
  }

  /** How far it has read. */
  get offset(): number {
    return Math.min(this.#at, this.#text.length);
  }

  document(): SourceNode {
    this.#nextLine();
    if (this.#isEnd || this.#column() !== 0) throw new NotPlain();
    const root = this.#block();
    if (!this.#isEnd) throw new NotPlain();
    return root;
  }

  #column(): number {
    return this.#at - this.#lineStart;
  }

  /** Goes to the next line that is neither blank nor a comment. */
  #nextLine(): void {
    for (;;) {
      this.#lineStart = this.#lineEnd + 1;
      if (this.#lineStart >= this.#text.length) {
        this.#isEnd = true;
        return;
      }
      this.#lineEnd = lineEndFrom(this.#text, this.#lineStart);
      this.#at = skipSpaces(this.#text, this.#lineStart);
      const code = this.#text.charCodeAt(this.#at);
      if (this.#at < this.#lineEnd && code !== hash) return;
    }
  }

  /** A mapping or sequence whose first key or dash is at the current place. */
  #block(): SourceNode {
    this.#depth += 1;
    if (this.#depth > this.#limits.maxDepth) throw new NotPlain();
    const node = this.#isDash() ? this.#sequence() : this.#mapping();
    this.#depth -= 1;
    return node;
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== dash) return false;
    return this.#at + 1 === this.#lineEnd || this.#text.charCodeAt(this.#at + 1) === space;
  }

  #sequence(): SequenceNode {
    const [offset, indent] = [this.#at, this.#column()];
    const items: SourceNode[] = [];
    this.#count();
    while (!this.#isEnd && this.#column() === indent && this.#isDash()) {
      this.#at = skipSpaces(this.#text, this.#at + 1);
      items.push(this.#item(indent, offset));
    }
    if (!this.#isEnd && this.#column() > indent) throw new NotPlain();
    return { kind: 'sequence', source: this.#source, offset, items };
  }

  #item(indent: number, sequenceOffset: number): SourceNode {
    if (this.#isRestEmpty()) return this.#nested(indent + 1, sequenceOffset, false);
    if (this.#isDash() || this.#findColon() !== undefined) return this.#block();
    return this.#inline(indent);
  }

  #mapping(): MappingNode {
    const [offset, indent] = [this.#at, this.#column()];
    const entries = new Map<string, MappingEntry>();
    this.#count();
    while (!this.#isEnd && this.#column() === indent && !this.#isDash()) {
      const keyOffset = this.#at;
      const found = this.#findColon();
      if (found === undefined || found.key === '<<' || entries.has(found.key)) throw new NotPlain();
      if (found.colon - keyOffset > maxKeyLength) throw new NotPlain();
      this.#at = skipSpaces(this.#text, found.colon + 1);
      const value = this.#isRestEmpty() ? this.#nested(indent + 1, keyOffset, true) : this.#inline(indent);
      entries.set(found.key, { keyOffset, value });
    }
    if (!this.#isEnd && this.#column() > indent) throw new NotPlain();
    return { kind: 'mapping', source: this.#source, offset, entries };
  }

  /** Nothing but spaces and a comment is left of the line. */
  #isRestEmpty(): boolean {
    if (this.#at >= this.#lineEnd) return true;
    return this.#text.charCodeAt(this.#at) === hash && this.#text.charCodeAt(this.#at - 1) === space;
  }

  /** The block on the lines below, or null. A mapping's value may be a sequence at the mapping's own indentation. */
  #nested(minIndent: number, offset: number, mayBeSequence: boolean): SourceNode {
    this.#nextLine();
    if (!this.#isEnd) {
      const column = this.#column();
      if (column >= minIndent || (mayBeSequence && column === minIndent - 1 && this.#isDash()))
        return this.#block();
    }
    this.#count();
    return { kind: 'scalar', source: this.#source, offset, value: null };
  }

  /** Key and colon at the current place; undefined when the line does not start with a key. */
  #findColon(): { readonly key: string; readonly colon: number } | undefined {
    const first = this.#text.charAt(this.#at);
    if (first === '"' || first === "'") {
      const quoted = readQuoted(this.#text, this.#at, this.#lineEnd);
      const at = skipSpaces(this.#text, quoted.end);
      return this.#isColon(at) ? { key: quoted.value, colon: at } : undefined;
    }
    if (!canStartPlain(this.#text, this.#at)) return undefined;
    for (let at = this.#at; at < this.#lineEnd; at++) {
      if (this.#isColon(at)) return { key: this.#text.slice(this.#at, at).trimEnd(), colon: at };
      if (this.#text.charCodeAt(at) === hash && this.#text.charCodeAt(at - 1) === space) return undefined;
    }
    return undefined;
  }

  #isColon(at: number): boolean {
    if (this.#text.charCodeAt(at) !== colon) return false;
    return at + 1 >= this.#lineEnd || this.#text.charCodeAt(at + 1) === space;
  }

  /** A value on the line of its key or dash. `indent` is the one of the block that the value belongs to. */
  #inline(indent: number): SourceNode {
    this.#count();
    const offset = this.#at;
    const first = this.#text.charAt(offset);
    if (first === '|' || first === '>') return this.#blockScalar(indent, offset, first);
    if (first === '"' || first === "'") {
      const quoted = readQuoted(this.#text, offset, this.#lineEnd);
      this.#endLine(quoted.end, indent);
      return { kind: 'scalar', source: this.#source, offset, value: quoted.value };
    }
    if (first === '[' || first === '{') return this.#flow(offset, indent);
    return this.#plain(indent, offset);
  }

  #flow(offset: number, indent: number): SourceNode {
    const flow = readFlow(this.#source, {
      start: offset,
      lineEnd: this.#lineEnd,
      maxDepth: this.#limits.maxDepth - this.#depth,
      maxNodes: this.#limits.maxExpandedNodes - this.#nodes,
    });
    this.#nodes += flow.nodes;
    this.#endLine(flow.end, indent);
    return flow.node;
  }

  /** Checks that nothing but a comment follows on the line, and that the next line does not continue the value. */
  #endLine(end: number, indent: number): void {
    this.#at = skipSpaces(this.#text, end);
    if (!this.#isRestEmpty()) throw new NotPlain();
    this.#nextLine();
    if (!this.#isEnd && this.#column() > indent) throw new NotPlain();
  }

  #plain(indent: number, offset: number): SourceNode {
    const lines = [this.#plainLine()];
    let isCommented = this.#at < this.#lineEnd;
    for (;;) {
      const lastEnd = this.#lineEnd;
      this.#nextLine();
      if (this.#isEnd || this.#column() <= indent) break;
      // A comment ends a scalar; text behind it would be an error for the complete parser to report.
      const between = this.#text.slice(lastEnd + 1, this.#lineStart);
      if (isCommented || /[^ \n]/.test(between)) throw new NotPlain();
      for (const blank of between.split('\n').slice(0, -1)) lines.push(blank.trim());
      lines.push(this.#plainLine());
      isCommented = this.#at < this.#lineEnd;
    }
    const [only] = lines;
    const value = lines.length === 1 ? resolvePlain(only as string) : foldLines(lines);
    return { kind: 'scalar', source: this.#source, offset, value };
  }

  /** The plain text from the current place up to a comment or the end of the line; stops there. */
  #plainLine(): string {
    if (!canStartPlain(this.#text, this.#at)) throw new NotPlain();
    const start = this.#at;
    for (; this.#at < this.#lineEnd; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x09 || (code === colon && this.#isColon(this.#at))) throw new NotPlain();
      if (code === hash && this.#text.charCodeAt(this.#at - 1) === space) break;
    }
    return this.#text.slice(start, this.#at).trimEnd();
  }

  /** `|` and `>` with an optional `-`; the indentation is that of the first line. */
  #blockScalar(indent: number, offset: number, style: '|' | '>'): SourceNode {
    const header = this.#text.slice(offset + 1, this.#lineEnd).trimEnd();
    if (header !== '' && header !== '-') throw new NotPlain();
    const lines = this.#blockLines(indent);
    while (lines.at(-1) === '') lines.pop();
    if (style === '>' && lines.some((line) => line.startsWith(' ') || line.startsWith('\t')))
      throw new NotPlain();
    const body = style === '|' ? lines.join('\n') : foldLines(lines);
    const value = header === '-' || lines.length === 0 ? body : `${body}\n`;
    return { kind: 'scalar', source: this.#source, offset, value };
  }

  #blockLines(indent: number): string[] {
    const lines: string[] = [];
    let width = 0;
    for (let end = this.#lineEnd; ;) {
      const start = end + 1;
      const nextEnd = start > this.#text.length ? start : lineEndFrom(this.#text, start);
      const at = start >= this.#text.length ? start : skipSpaces(this.#text, start);
      const isBlank = at >= nextEnd;
      if (start >= this.#text.length || (!isBlank && at - start <= indent)) break;
      if (width === 0 && !isBlank) width = at - start;
      const isOdd = isBlank ? nextEnd - start > (width === 0 ? 0 : width) : at - start < width;
      if (isOdd || (!isBlank && lines.length === 0 && this.#text.charCodeAt(at) === 0x09))
        throw new NotPlain();
      lines.push(isBlank ? '' : this.#text.slice(start + width, nextEnd));
      end = nextEnd;
      this.#lineEnd = end;
    }
    this.#nextLine();
    return lines;
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.maxExpandedNodes) throw new NotPlain();
  }
}
