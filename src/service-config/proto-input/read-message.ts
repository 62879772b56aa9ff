import { create, fromJson } from '@bufbuild/protobuf';
import type {
  DescEnum,
  DescField,
  DescMessage,
  JsonValue,
  MessageShape,
  Registry,
  ScalarType,
} from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';

import { listNames, nameHint } from '../diagnostics/name-hint.ts';
import type { Origins } from '../model/origins.ts';
import { toPlain } from '../source/source-node.ts';
import type { SourceNode, SourcePlace } from '../source/source-node.ts';
import { convertScalar } from './convert-scalar.ts';

/** What reading a message needs besides the tree. */
export interface ReadMessageOptions {
  /** Told of everything that does not fit, in the words of protobuf's own JSON reader. */
  readonly problem: (message: string, place: SourcePlace, hint?: string) => void;
  /** Every message made is noted here under `location`. */
  readonly origins: Origins;
  readonly location: string;
  /** Types that a `google.protobuf.Any` may hold. */
  readonly registry?: Registry | undefined;
}

/**
 * Reads a protobuf message from JSON or YAML, by field names in camelCase or snake_case (ProtoJSON). Strict: unknown
 * fields are problems. Always returns a message; one with problems lacks the parts that did not fit.
 */
export function readMessage<Desc extends DescMessage>(
  schema: Desc,
  node: SourceNode,
  options: ReadMessageOptions,
): MessageShape<Desc> {
  const message = create(schema);
  readInto(reflect(schema, message), node, options);
  return message;
}

function readInto(target: ReflectMessage, node: SourceNode, options: ReadMessageOptions): void {
  options.origins.set(target.message, { place: node, location: options.location });
  if (node.kind !== 'mapping') {
    const names = listNames(target.fields.map(({ jsonName }) => jsonName));
    options.problem(
      `Expect message object but got: ${preview(node)}`,
      node,
      `Write a mapping with ${names}.`,
    );
    return;
  }
  for (const [key, entry] of node.entries) {
    const field = fieldNamed(target.desc, key);
    const place: SourcePlace = { source: node.source, offset: entry.keyOffset };
    if (field === undefined)
      options.problem(
        `Cannot find field: ${key} in message ${target.desc.typeName}`,
        place,
        nearestField(target, key),
      );
    else if (target.isSet(field))
      options.problem(`Field ${field.name} has already been set.`, place, 'Keep one spelling of it.');
    else if (otherOfOneof(target, field) !== undefined)
      options.problem(oneofProblem(target, field), place, 'Keep one of the two.');
    else if (!isNull(entry.value)) readField(target, field, entry.value, options);
  }
}

function otherOfOneof(target: ReflectMessage, field: DescField): DescField | undefined {
  return field.oneof === undefined ? undefined : target.oneofCase(field.oneof);
}

function oneofProblem(target: ReflectMessage, field: DescField): string {
  const type = target.desc.typeName;
  const other = otherOfOneof(target, field)?.name;
  return `Cannot set field ${type}.${field.name} because another field ${type}.${other} belonging to the same oneof has already been set`;
}

const fieldNames = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

function fieldNamed(desc: DescMessage, key: string): DescField | undefined {
  let names = fieldNames.get(desc);
  if (names === undefined) {
    names = new Map(
      desc.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]),
    );
    fieldNames.set(desc, names);
  }
  return names.get(key);
}

function nearestField(target: ReflectMessage, key: string): string | undefined {
  const names = target.fields.map((field) => (key.includes('_') ? field.name : field.jsonName));
  return nameHint(key, names);
}

function isNull(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function readField(
  target: ReflectMessage,
  field: DescField,
  node: SourceNode,
  options: ReadMessageOptions,
): void {
  switch (field.fieldKind) {
    case 'scalar':
    case 'enum':
    case 'message': {
      const value = readSingle(field, node, options);
      if (value !== undefined) target.set(field, value);
      return;
    }
    case 'list':
      readList(target, field, node, options);
      return;
    case 'map':
      readMap(target, field, node, options);
      return;
    default:
      field satisfies never;
  }
}

function readList(
  target: ReflectMessage,
  field: DescField & { fieldKind: 'list' },
  node: SourceNode,
  options: ReadMessageOptions,
): void {
  if (node.kind !== 'sequence') {
    options.problem(
      `Expected an array for ${field.jsonName} but found ${preview(node)}`,
      node,
      'Write a list, each entry behind a dash.',
    );
    return;
  }
  const list = target.get(field);
  for (const item of node.items) {
    const value = readElement(field.listKind, field, item, options);
    if (value !== undefined) list.add(value);
  }
}

function readMap(
  target: ReflectMessage,
  field: DescField & { fieldKind: 'map' },
  node: SourceNode,
  options: ReadMessageOptions,
): void {
  if (node.kind !== 'mapping') {
    const hint = `Write a mapping, such as ${field.jsonName}: {key: value}`;
    options.problem(`Expect a map object but found: ${preview(node)}`, node, hint);
    return;
  }
  const map = target.get(field);
  for (const [key, entry] of node.entries) {
    // The message holds a map in a plain object, where this key would be its prototype.
    if (key === '__proto__') options.problem('A map key must not be __proto__', entry.value);
    const value = key === '__proto__' ? undefined : readElement(field.mapKind, field, entry.value, options);
    // google.api's maps all have string keys.
    if (value !== undefined) map.set(key, value);
  }
}

function readSingle(
  field: DescField & { fieldKind: 'scalar' | 'enum' | 'message' },
  node: SourceNode,
  options: ReadMessageOptions,
): unknown {
  return readElement(field.fieldKind, field, node, options);
}

function readElement(
  kind: 'scalar' | 'enum' | 'message',
  field: DescField,
  node: SourceNode,
  options: ReadMessageOptions,
): unknown {
  switch (kind) {
    case 'scalar':
      return readScalar(field.scalar as ScalarType, node, options);
    case 'enum':
      return readEnum(field.enum as DescEnum, node, options);
    case 'message':
      return readNested(field.message as DescMessage, node, options);
    default:
      return kind satisfies never;
  }
}

function readNested(
  desc: DescMessage,
  node: SourceNode,
  options: ReadMessageOptions,
): ReflectMessage | undefined {
  if (desc.typeName.startsWith('google.protobuf.') && hasOwnJson.has(desc.name))
    return readWellKnown(desc, node, options);
  const nested = reflect(desc);
  readInto(nested, node, options);
  return nested;
}

/** Messages whose JSON form is not an object of their fields. */
const hasOwnJson: ReadonlySet<string> = new Set([
  'Any',
  'Duration',
  'Timestamp',
  'FieldMask',
  'Struct',
  'Value',
  'ListValue',
  'BoolValue',
  'StringValue',
  'BytesValue',
  'DoubleValue',
  'FloatValue',
  'Int32Value',
  'Int64Value',
  'UInt32Value',
  'UInt64Value',
]);

function readWellKnown(
  desc: DescMessage,
  node: SourceNode,
  options: ReadMessageOptions,
): ReflectMessage | undefined {
  try {
    const json = JSON.parse(JSON.stringify(toPlain(node), bigintAsString)) as JsonValue;
    const message = fromJson(
      desc,
      json,
      options.registry === undefined ? {} : { registry: options.registry },
    );
    return reflect(desc, message);
  } catch (error) {
    // fromJson throws plain Errors for peer input; their text is the only thing they carry.
    const problem = error instanceof Error ? error.message : String(error);
    options.problem(problem, node, `Write it as ProtoJSON writes ${desc.typeName}.`);
    return undefined;
  }
}

function bigintAsString(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function readEnum(desc: DescEnum, node: SourceNode, options: ReadMessageOptions): number | undefined {
  const value = node.kind === 'scalar' ? node.value : undefined;
  const found = desc.values.find((candidate) => candidate.name === value || candidate.number === value);
  if (found === undefined)
    options.problem(
      `Invalid enum value: ${preview(node)} for enum type: ${desc.typeName}`,
      node,
      nameHint(
        String(value),
        desc.values.map(({ name }) => name),
      ),
    );
  return found?.number;
}

function readScalar(type: ScalarType, node: SourceNode, options: ReadMessageOptions): unknown {
  const value = node.kind === 'scalar' ? node.value : undefined;
  const { converted, expected, hint } = convertScalar(type, value);
  if (converted === undefined) options.problem(`Not ${expected} value: ${preview(node)}`, node, hint);
  return converted;
}

const previewLength = 60;

/** Enough of a value to recognise it. */
function preview(node: SourceNode): string {
  if (node.kind === 'sequence') return node.items.length === 0 ? '[]' : '[…]';
  if (node.kind === 'mapping')
    return node.entries.size === 0
      ? '{}'
      : `{${[...node.entries.keys()].join(', ').slice(0, previewLength)}}`;
  return JSON.stringify(node.value, bigintAsString).slice(0, previewLength);
}
