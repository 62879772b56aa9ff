import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

import type { SourceLimits } from './limits.ts';
import { toNumber } from './parse-json.ts';
import type { MappingEntry, MappingNode, SourceNode } from './source-node.ts';
import { SourceProblem } from './source-problem.ts';
import type { SourceText } from './source-text.ts';

/**
 * Reads one YAML 1.2 document into a tree that knows its places. Refuses duplicate keys, nesting, aliases and expanded
 * sizes above the limits, and stops at the first mistake, so its cost is bounded by the limits. `oddOffset` is where the text stops being plain.
 *
 * @throws SourceProblem
 */
export function parseYaml(source: SourceText, limits: SourceLimits, oddOffset = 0): SourceNode {
  refuseCostly(source.text, limits, oddOffset);
  const document = readDocument(source.text);
  const [problem] = document.errors;
  if (problem?.code === 'RESOURCE_EXHAUSTION') throw tooDeep(limits, problem.pos[0]);
  if (problem !== undefined) throw new SourceProblem(problem.message, problem.pos[0]);
  return new TreeBuilder(source, limits).document(document);
}

/** The parser recurses and takes a kilobyte a token at worst, so its tokens are counted before it sees them. */
function refuseCostly(text: string, limits: SourceLimits, oddOffset: number): void {
  let tokens = 0;
  let flowDepth = 0;
  let indicators = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    const first = token.charCodeAt(0);
    tokens += 1;
    if (token === '{' || token === '[') flowDepth += 1;
    else if (token === '}' || token === ']') flowDepth -= 1;
    else if (token === '-' || token === '?') indicators += 1;
    else if (first === 0x0a || first === 0x0d) indicators = 0;
    if (flowDepth + indicators > limits.maxDepth) throw tooDeep(limits, offset);
    if (tokens > limits.maxComplexYamlTokens) throw tooComplex(oddOffset);
    offset += token.length;
  }
}

/** Composes the one document of a text, token by token, so that the first broken one ends it. */
function readDocument(text: string): Document.Parsed {
  // uniqueKeys compares every pair of keys; the builder below checks them in linear time.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: Document.Parsed[] = [];
  for (const token of new Parser().parse(text)) {
    if (token.type === 'error') throw new SourceProblem(token.message, token.offset);
    documents.push(...(composer.next(token) as Iterable<Document.Parsed>));
    if (documents.length > 1) break;
  }
  documents.push(...(composer.end(documents.length === 0, text.length) as Iterable<Document.Parsed>));
  const [document, second] = documents;
  if (second !== undefined)
    throw new SourceProblem('The file has more than one YAML document.', second.range[0]);
  return document as Document.Parsed;
}

function tooComplex(offset: number): SourceProblem {
  return new SourceProblem(
    'The document is too long for YAML that is not in plain block style from here on: a mistake, an anchor, a tag, a tab, or a value over several lines.',
    offset,
    'Correct this place, or write the document as JSON.',
  );
}

function tooDeep(limits: SourceLimits, offset: number): SourceProblem {
  return new SourceProblem(`The document is nested more than ${limits.maxDepth} levels deep.`, offset);
}

interface Anchored {
  readonly node: SourceNode;
  /** Values in it, aliases expanded. */
  readonly weight: number;
  /** Levels of nesting in it, aliases expanded. */
  readonly height: number;
}

class TreeBuilder {
  readonly #source: SourceText;
  readonly #limits: SourceLimits;
  readonly #anchors = new Map<string, Anchored | 'open'>();
  #aliases = 0;
  #depth = 0;
  /** The deepest level seen since the innermost open anchor. */
  #deepest = 0;
  /** Values built so far, every alias counted with all that it stands for. */
  #weight = 0;

  constructor(source: SourceText, limits: SourceLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  document(document: Document.Parsed): SourceNode {
    return this.#node(document.contents, 0);
  }

  #node(node: Node | null | undefined, fallbackOffset: number): SourceNode {
    // A value that is not written has no place of its own; its key or sequence stands in.
    const isAbsent = isScalar(node) && node.source === '' && node.type === 'PLAIN';
    const offset = isAbsent ? fallbackOffset : (node?.range?.[0] ?? fallbackOffset);
    if (isAlias(node)) return this.#alias(node, offset);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    this.#grow(1, offset);
    return anchor === undefined ? this.#plain(node, offset) : this.#anchored(anchor, node, offset);
  }

  #anchored(anchor: string, node: Node | null | undefined, offset: number): SourceNode {
    this.#anchors.set(anchor, 'open');
    const [weight, deepest] = [this.#weight, this.#deepest];
    this.#deepest = this.#depth;
    const built = this.#plain(node, offset);
    this.#anchors.set(anchor, {
      node: built,
      weight: this.#weight - weight + 1,
      height: this.#deepest - this.#depth,
    });
    this.#deepest = Math.max(deepest, this.#deepest);
    return built;
  }

  #plain(node: Node | null | undefined, offset: number): SourceNode {
    if (isMap(node)) return this.#mapping(node, offset);
    if (isSeq(node)) return this.#sequence(node, offset);
    const value = isScalar(node) ? scalarValue(node) : null;
    return { kind: 'scalar', source: this.#source, offset, value };
  }

  #sequence(node: YAMLSeq, offset: number): SourceNode {
    this.#enter(offset);
    const items = node.items.map((item) => this.#node(item as Node | null, offset));
    this.#depth -= 1;
    return { kind: 'sequence', source: this.#source, offset, items };
  }

  #mapping(node: YAMLMap, offset: number): MappingNode {
    this.#enter(offset);
    const entries = new Map<string, MappingEntry>();
    const merged: MappingNode[] = [];
    for (const pair of node.items as Array<Pair<Node, Node | null>>) {
      const keyOffset = pair.key?.range?.[0] ?? offset;
      const key = this.#key(pair.key, keyOffset);
      const value = this.#node(pair.value, keyOffset);
      if (key === '<<' && isPlain(pair.key)) merged.push(...mergeSources(value));
      else if (entries.has(key)) throw new SourceProblem(`Duplicate key '${key}'.`, keyOffset);
      else entries.set(key, { keyOffset, value });
    }
    for (const mapping of merged)
      for (const [key, entry] of mapping.entries) if (!entries.has(key)) entries.set(key, entry);
    this.#depth -= 1;
    return { kind: 'mapping', source: this.#source, offset, entries };
  }

  /** `200:` and `true:` are keys by their spelling, as JSON would write them. */
  #key(key: Node | null, offset: number): string {
    if (isAlias(key)) {
      const target = this.#alias(key, offset);
      if (target.kind === 'scalar') return String(target.value);
    }
    if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    if (key === null) return '';
    throw new SourceProblem('A key must be a string.', offset);
  }

  #alias(alias: Alias, offset: number): SourceNode {
    this.#aliases += 1;
    if (this.#aliases > this.#limits.maxAliases)
      throw new SourceProblem(`The document has more than ${this.#limits.maxAliases} alias nodes.`, offset);
    const target = this.#anchors.get(alias.source);
    if (target === undefined) throw new SourceProblem(`Unknown alias '*${alias.source}'.`, offset);
    if (target === 'open') throw new SourceProblem(`Alias '*${alias.source}' contains itself.`, offset);
    this.#grow(target.weight, offset);
    this.#reach(this.#depth + target.height, offset);
    return target.node;
  }

  #grow(by: number, offset: number): void {
    this.#weight += by;
    if (this.#weight > this.#limits.maxExpandedNodes)
      throw new SourceProblem('The document has too many values once its aliases are expanded.', offset);
  }

  #enter(offset: number): void {
    this.#depth += 1;
    this.#reach(this.#depth, offset);
  }

  #reach(depth: number, offset: number): void {
    this.#deepest = Math.max(this.#deepest, depth);
    if (depth > this.#limits.maxDepth) throw tooDeep(this.#limits, offset);
  }
}

function scalarValue(node: Scalar): string | number | bigint | boolean | null {
  const value = node.value;
  if (typeof value === 'number') {
    const source = node.source ?? '';
    return Number.isSafeInteger(value) ? value : /^[-+]?\d+$/.test(source) ? toNumber(source) : value;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return node.source ?? String(value);
}

function isPlain(key: Node | null): boolean {
  return isScalar(key) && key.type === 'PLAIN';
}

/** `<<: *a` and `<<: [*a, *b]`, YAML 1.1's merge keys; the earlier mapping wins. */
function mergeSources(value: SourceNode): MappingNode[] {
  const nodes = value.kind === 'sequence' ? value.items : [value];
  const mappings = nodes.filter((node) => node.kind === 'mapping');
  if (mappings.length !== nodes.length)
    throw new SourceProblem("The value of '<<' must be a mapping or a sequence of mappings.", value.offset);
  return mappings;
}
