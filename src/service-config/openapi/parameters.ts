import type { ParameterModel } from '../model/api-model.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import type { OpenapiDocument } from './openapi-document.ts';
import type { OperationSource } from './path-items.ts';
import { resolveNode } from './resolve-node.ts';

/**
 * Parameters of an operation, then those of its path that it does not override by name and place. `read` makes one of its
 * node, or reports what is wrong with it.
 */
export function readParameterLists<T extends ParameterModel>(
  document: OpenapiDocument,
  { operation, pathItem, spot }: OperationSource,
  read: (node: MappingNode) => T | undefined,
): T[] {
  const readList = (owner: MappingNode): T[] => {
    const items = document.reader.sequence(child(owner, 'parameters'), 'parameters')?.items ?? [];
    return items.flatMap((item) => {
      const node = document.reader.mapping(resolveNode(document, item, spot, 'warning'), 'parameter');
      return (node && read(node)) ?? [];
    });
  };
  const own = readList(operation);
  const overridden = new Set(own.map(keyOf));
  return [...own, ...readList(pathItem).filter((shared) => !overridden.has(keyOf(shared)))];
}

function keyOf({ name, in: place }: ParameterModel): string {
  return `${place} ${name}`;
}

/** Which places parameters have in a version of OpenAPI, and what to say of another. */
export interface ParameterPlaces<Place extends string> {
  readonly places: readonly Place[];
  readonly hintFor: (place: string) => string | undefined;
}

/** Name and place of a parameter; undefined, and reported, when one of them is missing or wrong. */
export function readNameAndPlace<Place extends string>(
  document: OpenapiDocument,
  node: MappingNode,
  { places, hintFor }: ParameterPlaces<Place>,
): { readonly name: string; readonly place: Place } | undefined {
  const { reader } = document;
  const name = reader.string(reader.required(node, 'name', 'parameter.name'), 'parameter.name');
  const where = reader.required(node, 'in', 'parameter.in');
  const given = reader.string(where, 'parameter.in');
  if (name === undefined || given === undefined || where === undefined) return undefined;
  const place = places.find((candidate) => candidate === given);
  if (place === undefined) {
    reader.problem(where, `parameter.in: '${given}' is none of ${places.join(', ')}.`, hintFor(given));
    return undefined;
  }
  return { name, place };
}
