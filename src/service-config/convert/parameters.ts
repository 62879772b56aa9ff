import type { Node } from 'yaml';

import { reportLoss, scalar } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { convertReference } from './references.ts';
import { convertSchema } from './schemas.ts';
import { asMap, copyOf, get, newMap, newPair, put, take, takeValue, textOf } from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** Fields of a parameter in 2.0 that describe its value, which a schema does in 3.x. */
const schemaFields: readonly string[] = [
  'type',
  'format',
  'items',
  'default',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'enum',
  'multipleOf',
  'x-nullable',
];

/** What a parameter is, its reference followed within the document. */
export function parameterPlace(conversion: Conversion, parameter: Node): string | undefined {
  return textOf(get(followParameter(conversion, parameter), 'in'));
}

/** The parameter itself, or the one of the root that it refers to. */
export function followParameter(conversion: Conversion, parameter: Node): Node {
  const reference = textOf(get(parameter, '$ref')) ?? '';
  return conversion.sharedParameters.get(nameOf(reference) ?? '') ?? parameter;
}

/** Name behind `#/parameters/`. */
export function nameOf(reference: string): string | undefined {
  const prefix = '#/parameters/';
  return reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
}

/** Rewrites a parameter in path, query or header, in place. */
export function convertParameter(conversion: Conversion, node: Node): void {
  const parameter = asMap(node);
  if (parameter === undefined) return;
  if (get(parameter, '$ref') !== undefined) {
    convertReference(conversion, parameter, false);
    return;
  }
  convertCollectionFormat(conversion, parameter);
  moveIntoSchema(conversion, parameter);
}

/** Header of an answer: a parameter without name and place. */
export function convertHeader(conversion: Conversion, node: Node): void {
  const header = asMap(node);
  if (header === undefined) return;
  const format = takeValue(header, 'collectionFormat');
  if (format !== undefined && textOf(format) !== 'csv') reportFormat(conversion, format);
  moveIntoSchema(conversion, header);
}

/** The schema of a field of a form, with what else the parameter says about it. */
export function formField(conversion: Conversion, parameter: Node): { name: string; schema: YamlMap } {
  const field = asMap(copyOf(parameter)) ?? newMap();
  const name = textOf(takeValue(field, 'name')) ?? '';
  for (const key of ['in', 'required', 'allowEmptyValue']) take(field, key);
  const format = takeValue(field, 'collectionFormat');
  if (format !== undefined && textOf(format) !== 'multi') reportFormat(conversion, format);
  convertSchema(conversion, field);
  return { name, schema: field };
}

function moveIntoSchema(conversion: Conversion, parameter: YamlMap): void {
  const pairs = schemaFields.flatMap((key) => take(parameter, key) ?? []);
  if (pairs.length === 0) return;
  const schema = newMap(...pairs);
  schema.flow = parameter.flow ?? false;
  convertSchema(conversion, schema);
  put(parameter, 'schema', schema);
}

/** How an array is written into the request; `csv` is the default of 2.0 and not that of a query in 3.x. */
function convertCollectionFormat(conversion: Conversion, parameter: YamlMap): void {
  const format = takeValue(parameter, 'collectionFormat');
  if (textOf(get(parameter, 'type')) !== 'array') return;
  const isQuery = textOf(get(parameter, 'in')) === 'query';
  const name = textOf(format) ?? 'csv';
  if (!isQuery) {
    if (name !== 'csv' && format !== undefined) reportFormat(conversion, format);
    return;
  }
  const style = styles.get(name);
  if (style === undefined) reportFormat(conversion, format ?? parameter);
  put(parameter, 'style', scalar(style ?? 'form'));
  put(parameter, 'explode', scalar(name === 'multi'));
}

const styles: ReadonlyMap<string, string> = new Map([
  ['csv', 'form'],
  ['multi', 'form'],
  ['ssv', 'spaceDelimited'],
  ['pipes', 'pipeDelimited'],
]);

function reportFormat(conversion: Conversion, at: Node): void {
  reportLoss(conversion, {
    rule: 'convert-collection-format',
    message: `The collectionFormat '${textOf(at) ?? ''}' has no equivalent here in OpenAPI 3.x.`,
    hint: 'The proxy does not look at it; other tools may write arrays differently.',
    at,
  });
}

/** A pair for a parameter, in the words of the pattern extension. */
export function addPattern(parameter: YamlMap): void {
  parameter.items.push(newPair('x-google-parameter', newMap(newPair('pattern', scalar('**')))));
}
