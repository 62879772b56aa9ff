import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { elementToJson } from './element-value.ts';
import { indexedPath, keyedPath } from './element-path.ts';

/** An element of a repeated field in the old config, in the new one, or in both, with its path. */
export interface ElementPair {
  readonly path: string;
  readonly old: unknown;
  readonly next: unknown;
  /** Name of the field that identifies the element; undefined when only its place does. */
  readonly key: string | undefined;
}

/** Fields that identify elements of repeated messages, the preferred one first. Source: google.api.ConfigChange.element. */
const identifiers: readonly string[] = ['selector', 'name', 'id', 'type', 'provider_id', 'key', 'version'];

/** Pairs the elements of two lists whatever their order: by an identifier where there is one, else equal ones first. */
export function pairElements(
  field: DescField & { fieldKind: 'list' },
  path: string,
  [old, next]: readonly [readonly unknown[], readonly unknown[]],
): ElementPair[] {
  if (field.message === undefined) return pairByContent(field, path, [old, next]);
  // A list of messages has wrapped messages as its elements.
  const lists = [old as ReflectMessage[], next as ReflectMessage[]] as const;
  if (isOrderTelling(field.message, lists)) return pairByPlace(path, lists);
  const key = identifierOf(field.message, lists);
  return key === undefined ? pairByContent(field, path, lists) : pairByKey(key, path, lists);
}

/**
 * Whether the order of rules says which of them counts: two are for one method, or one is a pattern and they stand in another
 * order than before. A compiled config has no such rules; one that was uploaded whole may.
 */
function isOrderTelling(
  desc: DescMessage,
  lists: readonly [readonly ReflectMessage[], readonly ReflectMessage[]],
): boolean {
  const field = desc.fields.find(({ name }) => name === 'selector');
  if (field === undefined) return false;
  const [old, next] = lists.map((list) => list.map((item) => String(item.get(field)))) as [
    string[],
    string[],
  ];
  const all = [...old, ...next].filter((selector) => selector !== '');
  // Additional bindings are rules without a selector.
  if (all.length === 0) return false;
  const [oldSet, nextSet] = [new Set(old), new Set(next)];
  if (oldSet.size < old.length || nextSet.size < next.length) return true;
  if (!all.some((selector) => /[*,]/.test(selector))) return false;
  const common = (list: readonly string[]): string =>
    list.filter((selector) => oldSet.has(selector) && nextSet.has(selector)).join('\0');
  return common(old) !== common(next);
}

function pairByPlace(
  path: string,
  [old, next]: readonly [readonly unknown[], readonly unknown[]],
): ElementPair[] {
  return Array.from({ length: Math.max(old.length, next.length) }, (_, index) => ({
    path: indexedPath(path, index),
    old: old[index],
    next: next[index],
    key: undefined,
  }));
}

/** The first field that tells all elements of both lists apart. */
function identifierOf(
  desc: DescMessage,
  lists: readonly (readonly ReflectMessage[])[],
): DescField | undefined {
  return identifiers
    .flatMap((name) => desc.fields.filter((field) => field.name === name && field.fieldKind === 'scalar'))
    .find((field) =>
      lists.every((list) => {
        const values = new Set(list.map((item) => item.get(field)));
        return values.size === list.length && !values.has('');
      }),
    );
}

function pairByKey(
  key: DescField,
  path: string,
  [old, next]: readonly [readonly ReflectMessage[], readonly ReflectMessage[]],
): ElementPair[] {
  const pairs = new Map<string, { old?: ReflectMessage; next?: ReflectMessage }>();
  for (const item of old) pairs.set(String(item.get(key)), { old: item });
  for (const item of next) {
    const value = String(item.get(key));
    pairs.set(value, { ...pairs.get(value), next: item });
  }
  return [...pairs].map(([value, pair]) => ({
    path: keyedPath(path, key.name, value),
    old: pair.old,
    next: pair.next,
    key: key.name,
  }));
}

/** Equal elements belong together wherever they stand; of the rest, the first to the first. */
function pairByContent(
  field: DescField & { fieldKind: 'list' },
  path: string,
  [old, next]: readonly [readonly unknown[], readonly unknown[]],
): ElementPair[] {
  const unmatched = new Map<string, number[]>();
  for (const [index, item] of next.entries()) {
    const text = contentKey(elementToJson(field, item));
    unmatched.set(text, [...(unmatched.get(text) ?? []), index]);
  }
  const isLeft = (item: unknown): boolean =>
    unmatched.get(contentKey(elementToJson(field, item)))?.shift() === undefined;
  const oldLeft = [...old.entries()].filter(([, item]) => isLeft(item));
  const nextLeft = [...unmatched.values()].flat().sort((a, b) => a - b);
  return Array.from({ length: Math.max(oldLeft.length, nextLeft.length) }, (_, at) => {
    const index = nextLeft[at];
    return {
      path: indexedPath(path, index ?? (oldLeft[at]?.[0] as number)),
      old: oldLeft[at]?.[1],
      next: index === undefined ? undefined : next[index],
      key: undefined,
    };
  });
}

/** Equal for values that differ in nothing but the order of their lists. */
function contentKey(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(contentKey).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${contentKey(item)}`);
  return `{${entries.sort().join()}}`;
}
