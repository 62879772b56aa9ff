import type { ParameterModel } from '../model/api-model.ts';
import { toFieldName } from '../model/naming.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import { resolveNode } from '../openapi/resolve-node.ts';
import { child, stringOf } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import { mainMediaType } from './content.ts';

/**
 * What an operation's `requestBody` adds to its parameters, as in OpenAPI 2.0: a form's properties are parameters of
 * their own, any other body is one. It has no name in 3.x and is called `body`, or like that with a number behind when
 * a parameter has that name.
 */
export function readRequestBody(
  document: OpenapiDocument,
  operation: MappingNode,
  parameters: readonly ParameterModel[],
  spot: Spot,
): ParameterModel[] {
  const value = child(operation, 'requestBody');
  const target = value === undefined ? undefined : resolveNode(document, value, spot, 'warning');
  const node = document.reader.mapping(target, 'requestBody');
  if (node === undefined) return [];
  const media = mainMediaType(node);
  if (media?.isForm === true) return readForm(document, media.schema, spot);
  return [{ name: freeName(parameters), in: 'body', schema: media?.schema, place: node }];
}

/** Fields of a form; a form that is no object with properties has none that are known. */
function readForm(document: OpenapiDocument, schema: SourceNode | undefined, spot: Spot): ParameterModel[] {
  const target = schema === undefined ? undefined : resolveNode(document, schema, spot, 'warning');
  const properties = child(target, 'properties');
  if (properties?.kind !== 'mapping') return [];
  const { entries } = properties;
  if (!document.context.sharing.take(entries.size, spot.place)) return [];
  return [...entries].map(([name, { value }]) => ({
    name,
    in: 'formData',
    schema: isFile(value) ? undefined : value,
    place: value,
  }));
}

/** A file is no string of a config, as `type: file` of 2.0 is none. */
function isFile(schema: SourceNode): boolean {
  return stringOf(child(schema, 'format')) === 'binary';
}

function freeName(parameters: readonly ParameterModel[]): string {
  const taken = new Set(parameters.map(({ name }) => toFieldName(name)));
  for (let at = 1; ; at++) {
    const name = at === 1 ? 'body' : `body${at}`;
    if (!taken.has(name)) return name;
  }
}
