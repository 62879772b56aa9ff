import type { Node } from 'yaml';

import type { Conversion } from './conversion.ts';
import { contentOf } from './bodies.ts';
import { convertHeader } from './parameters.ts';
import { convertReference } from './references.ts';
import { convertSchema } from './schemas.ts';
import { asMap, get, newMap, newPair, pairsOf, put, takeValue } from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** Rewrites an answer in place: its schema and examples move into `content`. */
export function convertResponse(conversion: Conversion, node: Node, produces: readonly string[]): void {
  const response = asMap(node);
  if (response === undefined) return;
  if (get(response, '$ref') !== undefined) {
    convertReference(conversion, response, false);
    return;
  }
  for (const [, header] of pairsOf(get(response, 'headers'))) convertHeader(conversion, header);
  const schema = takeValue(response, 'schema');
  convertSchema(conversion, schema);
  const examples = takeValue(response, 'examples');
  if (schema === undefined && examples === undefined) return;
  const content = contentOf(produces, schema);
  for (const [mediaType, example] of pairsOf(examples)) putExample(content, mediaType, example);
  put(response, 'content', content);
}

function putExample(content: YamlMap, mediaType: string, example: Node): void {
  const media = asMap(get(content, mediaType)) ?? newMap();
  media.items.push(newPair('example', example));
  put(content, mediaType, media);
}
