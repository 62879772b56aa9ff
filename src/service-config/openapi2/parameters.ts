import type { ParameterModel } from '../model/api-model.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { readNameAndPlace, readParameterLists } from '../openapi/parameters.ts';
import type { ParameterPlaces } from '../openapi/parameters.ts';
import type { OperationSource } from '../openapi/path-items.ts';
import { child } from '../source/source-node.ts';

const places = {
  places: ['path', 'query', 'header', 'formData', 'body'],
  hintFor: (place) => (place === 'cookie' ? 'Cookies are not described in OpenAPI 2.0.' : undefined),
} as const satisfies ParameterPlaces<ParameterModel['in']>;

/** Parameters of an operation and its path, bodies and forms among them. */
export function readParameters(document: OpenapiDocument, source: OperationSource): ParameterModel[] {
  return readParameterLists(document, source, (node): ParameterModel | undefined => {
    const key = readNameAndPlace(document, node, places);
    if (key === undefined) return undefined;
    const { name, place } = key;
    // Only a body has a schema; any other parameter is described by its own type, format and items.
    return { name, in: place, schema: place === 'body' ? child(node, 'schema') : node, place: node };
  });
}
