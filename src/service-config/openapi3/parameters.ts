import type { ParameterModel } from '../model/api-model.ts';
import { namedLocation } from '../openapi/openapi-document.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import { resolveNode } from '../openapi/resolve-node.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import { checkObject } from './check-object.ts';
import { mainMediaType } from './content.ts';
import { googleParameter } from './extensions/google-parameter.ts';
import { knownFields } from './known-fields.ts';

/** A parameter with what `x-google-parameter` says of it. */
export interface Parameter extends ParameterModel {
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly pattern: '*' | '**' | undefined;
}

const places: readonly string[] = ['path', 'query', 'header', 'cookie'] satisfies ReadonlyArray<
  Parameter['in']
>;

/**
 * Parameters of an operation, then those of its path that it does not override by name and place. Those in headers and
 * cookies are left out: no url template and no type of the config has a use for them.
 */
export function readParameters(
  document: OpenapiDocument,
  operation: MappingNode,
  pathItem: MappingNode,
  spot: Spot,
): Parameter[] {
  const own = readList(document, operation, spot);
  const overridden = new Set(own.map(keyOf));
  const shared = readList(document, pathItem, spot).filter((one) => !overridden.has(keyOf(one)));
  return [...own, ...shared].filter(({ in: place }) => place === 'path' || place === 'query');
}

/** OpenAPI tells parameters apart by name and place. */
function keyOf({ name, in: place }: ParameterModel): string {
  return `${place} ${name}`;
}

function readList(document: OpenapiDocument, node: MappingNode, spot: Spot): Parameter[] {
  const items = document.reader.sequence(child(node, 'parameters'), 'parameters')?.items ?? [];
  return items.flatMap((item) => readParameter(document, item, spot) ?? []);
}

function readParameter(document: OpenapiDocument, item: SourceNode, spot: Spot): Parameter | undefined {
  const node = document.reader.mapping(resolveNode(document, item, spot, 'warning'), 'parameter');
  if (node === undefined) return undefined;
  const name = document.reader.string(
    document.reader.required(node, 'name', 'parameter.name'),
    'parameter.name',
  );
  const where = document.reader.required(node, 'in', 'parameter.in');
  const place = document.reader.string(where, 'parameter.in');
  if (name === undefined || place === undefined || where === undefined) return undefined;
  if (!isPlace(place)) {
    const hint = place === 'body' || place === 'formData' ? 'Bodies and forms are a requestBody in 3.x.' : '';
    document.reader.problem(
      where,
      `parameter.in: '${place}' is none of ${places.join(', ')}.`,
      hint || undefined,
    );
    return undefined;
  }
  checkObject(document, node, knownFields.parameter, namedLocation(document, `parameter '${name}'`));
  const schema = child(node, 'schema') ?? mainMediaType(node)?.schema;
  return { name, in: place, schema, pattern: googleParameter(document, node, place), place: node };
}

function isPlace(place: string): place is Parameter['in'] {
  return places.includes(place);
}
