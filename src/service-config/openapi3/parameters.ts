import type { ParameterModel } from '../model/api-model.ts';
import { namedLocation } from '../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { readNameAndPlace, readParameterLists } from '../openapi/parameters.ts';
import type { ParameterPlaces } from '../openapi/parameters.ts';
import type { OperationSource } from '../openapi/path-items.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { checkObject } from './check-object.ts';
import { mainMediaType } from './content.ts';
import { googleParameter } from './extensions/google-parameter.ts';
import { knownFields } from './known-fields.ts';

/** A parameter with what `x-google-parameter` says of it. */
export interface Parameter extends ParameterModel {
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly pattern: '*' | '**' | undefined;
}

const places = {
  places: ['path', 'query', 'header', 'cookie'],
  hintFor: (place) =>
    place === 'body' || place === 'formData' ? 'Bodies and forms are a requestBody in 3.x.' : undefined,
} as const satisfies ParameterPlaces<Parameter['in']>;

/**
 * Parameters of an operation and its path. Those in headers and cookies are left out: no url template and no type of the
 * config has a use for them.
 */
export function readParameters(document: OpenapiDocument, source: OperationSource): Parameter[] {
  return readParameterLists(document, source, (node) => readParameter(document, node)).filter(
    ({ in: place }) => place === 'path' || place === 'query',
  );
}

function readParameter(document: OpenapiDocument, node: MappingNode): Parameter | undefined {
  const key = readNameAndPlace(document, node, places);
  if (key === undefined) return undefined;
  const { name, place } = key;
  checkObject(document, node, knownFields.parameter, namedLocation(document, `parameter '${name}'`));
  const schema = child(node, 'schema') ?? mainMediaType(node)?.schema;
  return { name, in: place, schema, pattern: googleParameter(document, node, place), place: node };
}
