import { isScalar } from 'yaml';
import type { Node } from 'yaml';

import { scalar } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { followParameter, formField, nameOf } from './parameters.ts';
import { convertSchema } from './schemas.ts';
import { asMap, copyOf, get, newList, newMap, newPair, takeValue, textOf } from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

const formTypes: readonly string[] = ['multipart/form-data', 'application/x-www-form-urlencoded'];

/** Content of one schema for several media types. Every one gets a copy of its own. */
export function contentOf(mediaTypes: readonly string[], schema: Node | undefined): YamlMap {
  const entries = mediaTypes.map((type) =>
    newPair(type, newMap(...(schema === undefined ? [] : [newPair('schema', copyOf(schema))]))),
  );
  return newMap(...entries);
}

/** The `requestBody` of a body parameter, or a reference to the one that became of a parameter of the root. */
export function bodyOf(conversion: Conversion, parameter: Node, consumes: readonly string[]): YamlMap {
  const name = nameOf(textOf(get(parameter, '$ref')) ?? '');
  if (name !== undefined) return newMap(newPair('$ref', scalar(`#/components/requestBodies/${name}`)));
  const body = asMap(copyOf(parameter)) ?? newMap();
  // The name of a body parameter says nothing to a client: a body is not named in a request.
  for (const key of ['in', 'name']) takeValue(body, key);
  const schema = takeValue(body, 'schema');
  convertSchema(conversion, schema);
  body.items.push(newPair('content', contentOf(consumes, schema)));
  return body;
}

/** The `requestBody` of the fields of a form. */
export function formOf(
  conversion: Conversion,
  parameters: readonly Node[],
  consumes: readonly string[],
): YamlMap {
  const fields = parameters.map((parameter) => followParameter(conversion, parameter));
  const isFile = fields.some((field) => textOf(get(field, 'type')) === 'file');
  const required = fields.filter((field) => isTrue(get(field, 'required')));
  const properties = fields
    .map((field) => formField(conversion, field))
    .map(({ name, schema }) => newPair(name, schema));
  const schema = newMap(newPair('type', scalar('object')));
  if (required.length > 0)
    schema.items.push(
      newPair('required', newList(...required.map((field) => scalar(textOf(get(field, 'name')))))),
    );
  schema.items.push(newPair('properties', newMap(...properties)));
  const said = consumes.filter((type) => formTypes.includes(type));
  const types = said.length > 0 ? said : [formTypes[isFile ? 0 : 1] as string];
  return newMap(
    ...(required.length > 0 ? [newPair('required', scalar(true))] : []),
    newPair('content', contentOf(types, schema)),
  );
}

function isTrue(node: Node | undefined): boolean {
  return isScalar(node) && node.value === true;
}
