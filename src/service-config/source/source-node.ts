import type { SourceText } from './source-text.ts';

/** A place in a submitted file, as a UTF-16 offset. */
export interface SourcePlace {
  readonly source: SourceText;
  readonly offset: number;
}

/** A value of a JSON or YAML document, with its place. Aliases share the nodes they point at. */
export type SourceNode = ScalarNode | SequenceNode | MappingNode;

export interface ScalarNode extends SourcePlace {
  readonly kind: 'scalar';
  /** Integers that a double cannot hold are bigints. */
  readonly value: string | number | bigint | boolean | null;
}

export interface SequenceNode extends SourcePlace {
  readonly kind: 'sequence';
  readonly items: readonly SourceNode[];
}

export interface MappingNode extends SourcePlace {
  readonly kind: 'mapping';
  /** In the order of the file. A Map, so `__proto__` and `constructor` are keys like any other. */
  readonly entries: ReadonlyMap<string, MappingEntry>;
}

export interface MappingEntry {
  /** Offset of the key. */
  readonly keyOffset: number;
  readonly value: SourceNode;
}

/** Value of a key; undefined when `node` is no mapping or has no such key. */
export function child(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key)?.value : undefined;
}

/** Place of a key itself, for findings about the name rather than the value. */
export function keyPlace(node: MappingNode, key: string): SourcePlace {
  const entry = node.entries.get(key);
  return entry === undefined ? node : { source: node.source, offset: entry.keyOffset };
}

/** The string of a scalar; undefined for anything else. */
export function stringOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** What a value is, in a reader's words: `a string`, `a mapping`. */
export function describeKind(node: SourceNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return 'null';
  switch (typeof node.value) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a boolean';
    default:
      return 'a number';
  }
}

/** Values in a tree, those behind aliases as often as they are used. */
export function countValues(node: SourceNode): number {
  let count = 1;
  if (node.kind === 'sequence') for (const item of node.items) count += countValues(item);
  if (node.kind === 'mapping') for (const { value } of node.entries.values()) count += countValues(value);
  return count;
}

/** The plain value of a node, for comparing and for extensions that are passed on as they are. */
export function toPlain(node: SourceNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'sequence':
      return node.items.map(toPlain);
    case 'mapping': {
      const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [key, entry] of node.entries) plain[key] = toPlain(entry.value);
      return plain;
    }
    default:
      return node satisfies never;
  }
}
