import { create } from '@bufbuild/protobuf';
import {
  EmptySchema,
  EnumSchema,
  EnumValueSchema,
  Field_Cardinality,
  Field_Kind,
  FieldSchema,
  file_google_protobuf_struct,
  file_google_protobuf_wrappers,
  SourceContextSchema,
  Syntax,
  TypeSchema,
} from '@bufbuild/protobuf/wkt';
import type { Enum, Field, Type } from '@bufbuild/protobuf/wkt';
import type { DescField, DescMessage } from '@bufbuild/protobuf';

import { typeUrlPrefix } from './type-use.ts';

const descriptors: ReadonlyMap<string, DescMessage> = new Map(
  [EmptySchema, ...file_google_protobuf_struct.messages, ...file_google_protobuf_wrappers.messages].map(
    (desc) => [desc.typeName, desc],
  ),
);

/** Descriptions of the well-known types of `names` and of those that they contain, sorted by name. */
export function wellKnownTypes(names: Iterable<string>): Type[] {
  const reached = new Set<string>();
  for (const name of names) reach(name, reached);
  return [...reached].sort().map((name) => toType(name));
}

/** Description of `NullValue`, which every `Value` contains. */
export function wellKnownEnums(types: readonly Type[]): Enum[] {
  if (!types.some(({ name }) => name === 'google.protobuf.Value')) return [];
  return [
    create(EnumSchema, {
      name: 'google.protobuf.NullValue',
      enumvalue: [create(EnumValueSchema, { name: 'NULL_VALUE', number: 0 })],
      sourceContext: create(SourceContextSchema, { fileName: 'struct.proto' }),
      syntax: Syntax.PROTO3,
    }),
  ];
}

const structFieldsEntry = 'google.protobuf.Struct.FieldsEntry';

function reach(name: string, reached: Set<string>): void {
  if (reached.has(name)) return;
  reached.add(name);
  if (name === 'google.protobuf.Struct') reached.add(structFieldsEntry);
  for (const field of descriptors.get(name)?.fields ?? []) {
    if (field.message !== undefined) reach(field.message.typeName, reached);
  }
}

function toType(name: string): Type {
  const desc = descriptors.get(name);
  return create(TypeSchema, {
    name,
    fields: name === structFieldsEntry ? mapEntryFields() : (desc?.fields.map(toField) ?? []),
    oneofs: desc?.oneofs.map((oneof) => oneof.name) ?? [],
    sourceContext: create(SourceContextSchema, { fileName: fileNameOf(desc) }),
    syntax: Syntax.PROTO3,
  });
}

function fileNameOf(desc: DescMessage | undefined): string {
  const path = desc?.file.name ?? 'google/protobuf/struct';
  return `${path.slice(path.lastIndexOf('/') + 1)}.proto`;
}

function toField(field: DescField): Field {
  const isRepeated = field.fieldKind === 'list' || field.fieldKind === 'map';
  const oneofIndex = field.oneof === undefined ? 0 : field.parent.oneofs.indexOf(field.oneof) + 1;
  return create(FieldSchema, {
    kind: kindOf(field),
    cardinality: isRepeated ? Field_Cardinality.REPEATED : Field_Cardinality.OPTIONAL,
    number: field.number,
    name: field.name,
    jsonName: field.jsonName,
    typeUrl: typeUrlOf(field),
    oneofIndex,
  });
}

function kindOf(field: DescField): Field_Kind {
  if (field.fieldKind === 'map' || field.message !== undefined) return Field_Kind.TYPE_MESSAGE;
  if (field.enum !== undefined) return Field_Kind.TYPE_ENUM;
  // ScalarType has descriptor.proto's numbers, and so has Field.Kind.
  return field.scalar as number as Field_Kind;
}

function typeUrlOf(field: DescField): string {
  if (field.fieldKind === 'map') return typeUrlPrefix + structFieldsEntry;
  const type = field.message ?? field.enum;
  return type === undefined ? '' : typeUrlPrefix + type.typeName;
}

function mapEntryFields(): Field[] {
  const common = { cardinality: Field_Cardinality.OPTIONAL };
  return [
    create(FieldSchema, { ...common, kind: Field_Kind.TYPE_STRING, number: 1, name: 'key', jsonName: 'key' }),
    create(FieldSchema, {
      ...common,
      kind: Field_Kind.TYPE_MESSAGE,
      number: 2,
      name: 'value',
      jsonName: 'value',
      typeUrl: `${typeUrlPrefix}google.protobuf.Value`,
    }),
  ];
}
