import { create } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  MessageOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import type { DescriptorProto, FieldDescriptorProto } from '@bufbuild/protobuf/wkt';

import { toJsonName } from '../grpc/json-name.ts';
import { SourceProblem } from '../source/source-problem.ts';
import { parseDefault } from './default-value.ts';
import { maxFieldNumber } from './parse-context.ts';
import type { ParseContext } from './parse-context.ts';
import { parseBracketOptions } from './parse-options.ts';

/** Where the fields of a message or of `extend` go. */
export interface FieldHome {
  /** Of the names of their types. */
  readonly scope: string;
  /** Messages around. */
  readonly depth: number;
  readonly fields: FieldDescriptorProto[];
  /** Where the messages go that groups and maps bring. */
  readonly nested: DescriptorProto[];
  /** Parses the braces of a group. */
  readonly parseBody: (
    context: ParseContext,
    proto: DescriptorProto,
    at: { readonly scope: string; readonly depth: number },
  ) => void;
}

/** What a field stands in. */
export type FieldParent =
  | { readonly kind: 'message' }
  | { readonly kind: 'oneof'; readonly index: number }
  | { readonly kind: 'extend'; readonly extendee: string; readonly offset: number };

/** Type names of the language itself. */
const scalarTypes: ReadonlyMap<string, FieldType> = new Map([
  ['double', FieldType.DOUBLE],
  ['float', FieldType.FLOAT],
  ['int64', FieldType.INT64],
  ['uint64', FieldType.UINT64],
  ['int32', FieldType.INT32],
  ['fixed64', FieldType.FIXED64],
  ['fixed32', FieldType.FIXED32],
  ['bool', FieldType.BOOL],
  ['string', FieldType.STRING],
  ['bytes', FieldType.BYTES],
  ['uint32', FieldType.UINT32],
  ['sfixed32', FieldType.SFIXED32],
  ['sfixed64', FieldType.SFIXED64],
  ['sint32', FieldType.SINT32],
  ['sint64', FieldType.SINT64],
]);

const labels: ReadonlyMap<string, Label> = new Map([
  ['optional', Label.OPTIONAL],
  ['required', Label.REQUIRED],
  ['repeated', Label.REPEATED],
]);

/** One field with its label, if it has one; also a group and a map. */
export function parseField(context: ParseContext, home: FieldHome, parent: FieldParent): void {
  const { tokens } = context;
  const label = parseLabel(context, parent);
  const start = tokens.peek().offset;
  if (tokens.takeIf('map')) {
    if (tokens.looksAt('<')) return parseMap(context, home, { parent, label, start });
    let name = 'map';
    while (tokens.takeIf('.')) name += `.${tokens.identifier('a name').text}`;
    return parsePlainField(context, home, { parent, label, start, typeName: name });
  }
  if (tokens.takeIf('group')) return parseGroup(context, home, { parent, label, start });
  const typeName = tokens.typeName('a type').text;
  parsePlainField(context, home, { parent, label, start, typeName });
}

interface FieldStart {
  readonly parent: FieldParent;
  readonly label: Label | undefined;
  /** Offset of the type. */
  readonly start: number;
}

function parseLabel(context: ParseContext, parent: FieldParent): Label | undefined {
  const { tokens, isProto3 } = context;
  const token = tokens.peek();
  const label = token.kind === 'identifier' ? labels.get(token.text) : undefined;
  if (label !== undefined) {
    if (parent.kind === 'oneof') throw new SourceProblem('Fields of a oneof have no label.', token.offset);
    if (label === Label.REQUIRED && isProto3)
      throw new SourceProblem('Required fields are not allowed in proto3.', token.offset);
    if (label === Label.REQUIRED && parent.kind === 'extend')
      throw new SourceProblem('An extension cannot be required.', token.offset);
    tokens.take();
    return label;
  }
  if (!isProto3 && parent.kind !== 'oneof' && !tokens.looksAt('map'))
    throw tokens.unexpected("'required', 'optional' or 'repeated'");
  return undefined;
}

function parsePlainField(
  context: ParseContext,
  home: FieldHome,
  field: FieldStart & { readonly typeName: string },
): void {
  const proto = defineField(context, home, field);
  setType(context, proto, { name: field.typeName, offset: field.start, scope: home.scope });
  parseFieldOptions(context, proto, home, field.parent);
  context.tokens.expect(';');
}

/** From the name on: `name = 1`. The label is optional unless written. */
function defineField(
  context: ParseContext,
  home: FieldHome,
  { parent, label }: FieldStart,
): FieldDescriptorProto {
  const { tokens, isProto3 } = context;
  const { text, offset } = tokens.identifier('the name of a field');
  const proto = create(FieldDescriptorProtoSchema, {
    name: text,
    label: label ?? Label.OPTIONAL,
    jsonName: toJsonName(text),
  });
  tokens.expect('=');
  proto.number = parseFieldNumber(context);
  if (parent.kind === 'oneof') proto.oneofIndex = parent.index;
  if (parent.kind === 'extend') addExtendee(context, proto, home, parent);
  if (isProto3 && label === Label.OPTIONAL && parent.kind === 'message') proto.proto3Optional = true;
  home.fields.push(context.define(proto, offset));
  return proto;
}

function addExtendee(
  context: ParseContext,
  field: FieldDescriptorProto,
  { scope }: FieldHome,
  { extendee, offset }: FieldParent & { readonly kind: 'extend' },
): void {
  context.references.push({
    name: extendee,
    place: context.place(offset),
    scope,
    use: { kind: 'extendee', field },
  });
}

function parseFieldNumber({ tokens }: ParseContext): number {
  const { value, offset } = tokens.integer('the number of the field');
  if (value < 1n || value > BigInt(maxFieldNumber))
    throw new SourceProblem(`Field numbers are between 1 and ${maxFieldNumber}.`, offset);
  return Number(value);
}

interface TypeName {
  readonly name: string;
  readonly offset: number;
  readonly scope: string;
}

function setType(
  context: ParseContext,
  field: FieldDescriptorProto,
  { name, offset, scope }: TypeName,
): void {
  const scalar = scalarTypes.get(name);
  if (scalar !== undefined) field.type = scalar;
  else context.references.push({ name, place: context.place(offset), scope, use: { kind: 'field', field } });
}

function parseFieldOptions(
  context: ParseContext,
  field: FieldDescriptorProto,
  { scope }: FieldHome,
  parent: FieldParent,
): void {
  const seen = new Set<string>();
  parseBracketOptions(context, { target: field, schema: FieldOptionsSchema, scope }, (name, offset) => {
    if (name !== 'default' && name !== 'json_name') return false;
    if (seen.has(name)) throw new SourceProblem(`'${name}' is already set.`, offset);
    seen.add(name);
    context.tokens.take();
    context.tokens.expect('=');
    if (name === 'default') parseDefault(context, field, offset);
    else parseJsonName(context, field, parent);
    return true;
  });
}

function parseJsonName(context: ParseContext, field: FieldDescriptorProto, parent: FieldParent): void {
  const { text, offset } = context.tokens.text('a name in quotes');
  if (parent.kind === 'extend') throw new SourceProblem('An extension cannot have a json_name.', offset);
  if (text.startsWith('[') && text.endsWith(']'))
    throw new SourceProblem('A json_name in brackets would be the name of an extension.', offset);
  if (text.includes('\0')) throw new SourceProblem('A json_name has no null characters.', offset);
  field.jsonName = text;
}

/** `optional group Result = 1 { … }`: a message and a field in one. */
function parseGroup(context: ParseContext, home: FieldHome, start: FieldStart): void {
  const { tokens } = context;
  if (context.isProto3) throw new SourceProblem('Groups are not allowed in proto3.', start.start);
  const { offset } = tokens.peek();
  const field = defineField(context, home, start);
  const { name } = field;
  if (!/^[A-Z]/.test(name))
    throw new SourceProblem('The name of a group starts with a capital letter.', offset);
  field.name = name.toLowerCase();
  field.jsonName = toJsonName(field.name);
  field.type = FieldType.GROUP;
  context.references.push({
    name,
    place: context.place(offset),
    scope: home.scope,
    use: { kind: 'field', field },
  });
  parseFieldOptions(context, field, home, start.parent);
  const message = context.define(create(DescriptorProtoSchema, { name }), offset);
  home.nested.push(message);
  home.parseBody(context, message, home);
}

/** `map<string, Type> name = 1`: a repeated field of messages made for it. */
function parseMap(context: ParseContext, home: FieldHome, start: FieldStart): void {
  const { tokens } = context;
  if (start.label !== undefined) throw new SourceProblem('A map has no label.', start.start);
  if (start.parent.kind !== 'message')
    throw new SourceProblem('A map cannot be an extension or in a oneof.', start.start);
  tokens.expect('<');
  const keyType = tokens.typeName('the type of the key');
  tokens.expect(',');
  const valueType = tokens.typeName('the type of the value');
  tokens.expect('>');
  const field = defineField(context, home, { ...start, label: Label.REPEATED });
  const { offset } = keyType;
  const entry = context.define(
    create(DescriptorProtoSchema, {
      name: entryName(field.name),
      options: create(MessageOptionsSchema, { mapEntry: true }),
    }),
    start.start,
  );
  const scope = home.scope;
  entry.field.push(entryField(context, 'key', { name: keyType.text, offset, scope }));
  entry.field.push(
    entryField(context, 'value', {
      name: valueType.text,
      offset: valueType.offset,
      scope: `${scope}.${entry.name}`,
    }),
  );
  const key = entry.field[0];
  if (
    key === undefined ||
    key.type === undefined ||
    unfitKeys.has(key.type) ||
    !scalarTypes.has(keyType.text)
  )
    throw new SourceProblem(
      `'${keyType.text}' cannot be the key of a map.`,
      offset,
      'Keys are integers, bool or string.',
    );
  home.nested.push(entry);
  field.type = FieldType.MESSAGE;
  context.references.push({
    name: entry.name,
    place: context.place(start.start),
    scope,
    use: { kind: 'field', field },
  });
  parseFieldOptions(context, field, home, start.parent);
  tokens.expect(';');
}

const unfitKeys: ReadonlySet<FieldType> = new Set([FieldType.DOUBLE, FieldType.FLOAT, FieldType.BYTES]);

function entryField(context: ParseContext, name: 'key' | 'value', type: TypeName): FieldDescriptorProto {
  const field = context.define(
    create(FieldDescriptorProtoSchema, {
      name,
      number: name === 'key' ? 1 : 2,
      label: Label.OPTIONAL,
      jsonName: name,
    }),
    type.offset,
  );
  setType(context, field, type);
  return field;
}

/** `shelf_books` → `ShelfBooksEntry`. */
function entryName(name: string): string {
  const camel = name.replace(/_+(\w?)/g, (_, next: string) => next.toUpperCase());
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`;
}
