import { isScalar } from 'yaml';
import type { Node } from 'yaml';

import { reportLoss, scalar } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { convertReference } from './references.ts';
import {
  asMap,
  get,
  itemsOf,
  newList,
  newMap,
  newPair,
  pairsOf,
  put,
  take,
  takeValue,
  textOf,
} from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** Rewrites a schema and all within it, in place. Depth is bounded by that of the document. */
export function convertSchema(conversion: Conversion, node: Node | undefined): void {
  const schema = asMap(node);
  if (schema === undefined) return;
  convertReference(conversion, schema, true);
  convertFile(schema);
  convertDiscriminator(schema);
  convertNullable(conversion, schema);
  if (conversion.to === '3.1') for (const side of ['Minimum', 'Maximum']) convertExclusive(schema, side);
  refuseCollectionFormat(conversion, schema);
  for (const [, value] of pairsOf(get(schema, 'properties'))) convertSchema(conversion, value);
  for (const key of ['items', 'additionalProperties', 'not']) convertSchema(conversion, get(schema, key));
  for (const key of ['allOf', 'anyOf', 'oneOf'])
    for (const item of itemsOf(get(schema, key))) convertSchema(conversion, item);
}

/** `type: file` is a string of bytes. */
function convertFile(schema: YamlMap): void {
  if (textOf(get(schema, 'type')) !== 'file') return;
  put(schema, 'type', scalar('string'));
  put(schema, 'format', scalar('binary'));
}

function convertDiscriminator(schema: YamlMap): void {
  const name = get(schema, 'discriminator');
  if (textOf(name) !== undefined && name !== undefined)
    put(schema, 'discriminator', newMap(newPair('propertyName', name)));
}

/** `x-nullable` is what generators made of the missing null of 2.0. */
function convertNullable({ to }: Conversion, schema: YamlMap): void {
  const type = get(schema, 'type');
  const isNullable = get(schema, 'x-nullable');
  if (!isScalar(isNullable) || isNullable.value !== true || textOf(type) === undefined) return;
  take(schema, 'x-nullable');
  if (to === '3.0') put(schema, 'nullable', scalar(true));
  else put(schema, 'type', newList(type as Node, scalar('null')));
}

/** In JSON Schema 2020-12 the exclusive bound is the number itself. */
function convertExclusive(schema: YamlMap, side: string): void {
  const flag = get(schema, `exclusive${side}`);
  if (!isScalar(flag) || typeof flag.value !== 'boolean') return;
  take(schema, `exclusive${side}`);
  const bound = flag.value ? takeValue(schema, side.toLowerCase()) : undefined;
  if (bound !== undefined) put(schema, `exclusive${side}`, bound);
}

/** Arrays within arrays have no style in 3.x. */
function refuseCollectionFormat(conversion: Conversion, schema: YamlMap): void {
  const format = takeValue(schema, 'collectionFormat');
  if (format === undefined) return;
  reportLoss(conversion, {
    rule: 'convert-collection-format',
    message: `The collectionFormat '${textOf(format) ?? ''}' of items has no equivalent in OpenAPI 3.x.`,
    at: format,
  });
}
