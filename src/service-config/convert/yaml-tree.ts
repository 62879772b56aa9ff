import { isAlias, isMap, isPair, isScalar, isSeq, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Document, Node } from 'yaml';

/** A mapping of a YAML document that is being rewritten in place. */
export type YamlMap = YAMLMap<Node, Node | null>;
type YamlPair = Pair<Node, Node | null>;

/** A key by its spelling: `200:` is `200`. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

export function asMap(node: unknown): YamlMap | undefined {
  // The reader that comes first has checked that every key and value is a node.
  return isMap(node) ? (node as YamlMap) : undefined;
}

/** Items of a sequence; none for anything else. */
export function itemsOf(node: unknown): Node[] {
  return isSeq(node) ? (node.items as Node[]) : [];
}

/** Pairs of a mapping; none for anything else. */
export function pairsOf(node: unknown): ReadonlyArray<readonly [key: string, value: Node, pair: YamlPair]> {
  return (asMap(node)?.items ?? []).map((pair) => [keyText(pair.key), orNull(pair.value), pair]);
}

export function pairAt(map: YamlMap, key: string): YamlPair | undefined {
  return map.items.find((pair) => keyText(pair.key) === key);
}

export function get(node: unknown, key: string): Node | undefined {
  const map = asMap(node);
  const pair = map && pairAt(map, key);
  return pair && orNull(pair.value);
}

/** The string of a scalar; undefined for anything else. */
export function textOf(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** Removes a pair and returns it with its comments. */
export function take(map: YamlMap, key: string): YamlPair | undefined {
  const at = map.items.findIndex((pair) => keyText(pair.key) === key);
  return at === -1 ? undefined : map.items.splice(at, 1)[0];
}

/** Removes a pair and returns its value. */
export function takeValue(map: YamlMap, key: string): Node | undefined {
  const pair = take(map, key);
  return pair && orNull(pair.value);
}

/** Gives a key a value, in its old place or at the end. */
export function put(map: YamlMap, key: string, value: Node): void {
  const pair = pairAt(map, key);
  if (pair === undefined) map.items.push(newPair(key, value));
  else pair.value = value;
}

/** Another name for a key; comments stay. */
export function rename(pair: YamlPair, key: string): YamlPair {
  if (isScalar(pair.key)) {
    pair.key.value = key;
    delete pair.key.source;
  } else pair.key = new Scalar(key);
  return pair;
}

export function newPair(key: string, value: Node): YamlPair {
  return new Pair<Node, Node | null>(new Scalar(key), value);
}

/** Moves the comment above a node to the key that stands in its place. */
export function keepComment(pair: YamlPair, ...nodes: ReadonlyArray<Node | null | undefined>): YamlPair {
  const comments = nodes.flatMap((node) => node?.commentBefore ?? []);
  if (comments.length > 0 && isScalar(pair.key)) pair.key.commentBefore = comments.join('\n');
  return pair;
}

export function newMap(...pairs: readonly YamlPair[]): YamlMap {
  const map = new YAMLMap<Node, Node | null>();
  map.items.push(...pairs);
  return map;
}

export function newList(...items: readonly Node[]): YAMLSeq<Node> {
  const list = new YAMLSeq<Node>();
  list.items.push(...items);
  return list;
}

export function copyOf(node: Node): Node {
  return node.clone() as Node;
}

/**
 * Writes aliases and merge keys out, so that each place can be changed by itself. The document has been read under the
 * limits for aliases before. Returns the first alias, if there was one.
 */
export function writeOutAliases(document: Document): Node | undefined {
  const anchors = new Map<string, Node>();
  let first: Node | undefined;
  const expand = (node: Node): Node => {
    if (isAlias(node)) {
      first ??= node;
      const target = anchors.get(node.source);
      return target === undefined ? node : copyOf(target);
    }
    const { anchor } = node as { readonly anchor?: string };
    if (isSeq(node)) node.items = node.items.map((item) => expand(item as Node));
    if (isMap(node)) node.items = merged(node.items.map((pair) => expandPair(pair as YamlPair)));
    if (anchor !== undefined) anchors.set(anchor, node);
    return node;
  };
  const expandPair = (pair: YamlPair): YamlPair => {
    pair.key = expand(pair.key);
    if (pair.value) pair.value = expand(pair.value);
    return pair;
  };
  if (document.contents) document.contents = expand(document.contents as Node) as typeof document.contents;
  removeAnchors(document.contents);
  return first;
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;
}

/** `<<: {…}` gives way to the keys of a mapping itself; the earlier of several wins. */
function merged(pairs: readonly YamlPair[]): YamlPair[] {
  const own = pairs.filter((pair) => !isMergeKey(pair.key));
  const taken = new Set(own.map((pair) => keyText(pair.key)));
  const sources = pairs
    .filter((pair) => isMergeKey(pair.key))
    .flatMap(({ value }) => (isSeq(value) ? itemsOf(value) : [value]));
  for (const [key, , pair] of sources.flatMap((source) => pairsOf(source))) {
    if (taken.has(key)) continue;
    taken.add(key);
    own.push(pair);
  }
  return own;
}

function removeAnchors(node: unknown): void {
  if (isPair(node)) {
    removeAnchors(node.key);
    removeAnchors(node.value);
    return;
  }
  if (isScalar(node) || isMap(node) || isSeq(node)) delete node.anchor;
  if (isMap(node) || isSeq(node)) for (const item of node.items) removeAnchors(item);
}

/** A value that is not written is null. */
function orNull(value: Node | null | undefined): Node {
  return value ?? new Scalar(null);
}
