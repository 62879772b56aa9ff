import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';

/** `jwksUri` → `jwks_uri`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Value of a field of an extension, whose name may be written in camelCase or in snake_case, as documents in the wild
 * do. Both at once are an error.
 */
export function fieldOf(document: OpenapiDocument, node: MappingNode, name: string): SourceNode | undefined {
  const snake = toSnakeCase(name);
  if (snake === name || !node.entries.has(snake)) return node.entries.get(name)?.value;
  if (!node.entries.has(name)) return node.entries.get(snake)?.value;
  reportTwice(document, node, name, snake);
  return undefined;
}

function reportTwice(document: OpenapiDocument, node: MappingNode, name: string, snake: string): void {
  document.reader.problem(
    node.entries.get(snake)?.value ?? node,
    `${name} and ${snake} are one field.`,
    'Remove one of them.',
  );
}

/** A mapping with `node` as its only value, as if the document had been written that way. */
export function wrapNode(key: string, node: SourceNode): MappingNode {
  const { source, offset } = node;
  return { kind: 'mapping', source, offset, entries: new Map([[key, { keyOffset: offset, value: node }]]) };
}
