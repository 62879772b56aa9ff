import { child, stringOf } from '../source/source-node.ts';
import type { SourceNode } from '../source/source-node.ts';

/**
 * The one type of a schema. OpenAPI 3.1 has lists of types (JSON Schema 2020-12 §6.1.1): `null` beside one other is that
 * other, as protobuf's fields may be absent anyway. Undefined without a type and when there are several.
 */
export function schemaType(schema: SourceNode): string | undefined {
  const node = child(schema, 'type');
  if (node?.kind !== 'sequence') return stringOf(node);
  const types = new Set(node.items.map(stringOf).filter((type) => type !== 'null'));
  return types.size === 1 ? [...types][0] : undefined;
}
