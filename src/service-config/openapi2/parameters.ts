import type { ParameterModel } from '../model/api-model.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import { resolveNode } from '../openapi/resolve-node.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';

const places: readonly string[] = ['path', 'query', 'header', 'formData', 'body'] satisfies ReadonlyArray<
  ParameterModel['in']
>;

/** Parameters of an operation, then those of its path that it does not override by name and place. */
export function readParameters(
  document: OpenapiDocument,
  operation: MappingNode,
  pathItem: MappingNode,
  spot: Spot,
): ParameterModel[] {
  const own = readList(document, operation, spot);
  const overridden = new Set(own.map(keyOf));
  const shared = readList(document, pathItem, spot).filter((one) => !overridden.has(keyOf(one)));
  return [...own, ...shared];
}

/** OpenAPI tells parameters apart by name and place. */
function keyOf({ name, in: place }: ParameterModel): string {
  return `${place} ${name}`;
}

function readList(document: OpenapiDocument, node: MappingNode, spot: Spot): ParameterModel[] {
  const items = document.reader.sequence(child(node, 'parameters'), 'parameters')?.items ?? [];
  return items.flatMap((item) => readParameter(document, item, spot) ?? []);
}

function readParameter(document: OpenapiDocument, item: SourceNode, spot: Spot): ParameterModel | undefined {
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
    document.reader.problem(where, `parameter.in: '${place}' is none of ${places.join(', ')}.`);
    return undefined;
  }
  // Only a body has a schema; any other parameter is described by its own type, format and items.
  return { name, in: place, schema: place === 'body' ? child(node, 'schema') : node, place: node };
}

function isPlace(place: string): place is ParameterModel['in'] {
  return places.includes(place);
}
