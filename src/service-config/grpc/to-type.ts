import { create } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  FieldOptionsSchema,
  FieldSchema,
  MessageOptionsSchema,
  SourceContextSchema,
  TypeSchema,
} from '@bufbuild/protobuf/wkt';
import type {
  DescriptorProto,
  Field,
  Field_Cardinality,
  Field_Kind,
  FieldDescriptorProto,
  Type,
} from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { typeUrlPrefix } from '../emit/type-use.ts';
import { withoutDot } from './check-descriptors.ts';
import type { Defined, Descriptors } from './descriptors.ts';
import { syntaxOf } from './fill-apis.ts';
import { toJsonName } from './json-name.ts';
import { toOptions } from './to-options.ts';

/** `google.protobuf.Type` of a message descriptor; entries of maps are types like any other. */
export function toType(
  { name, proto, file }: Defined<DescriptorProto>,
  descriptors: Descriptors,
  context: CompileContext,
): Type {
  const packed = packedFields(descriptors.registry.getMessage(name));
  return create(TypeSchema, {
    name,
    fields: proto.field.map((field) => toField(field, packed, descriptors, context)),
    oneofs: proto.oneofDecl.map((oneof) => oneof.name),
    options: toOptions(MessageOptionsSchema, proto.options, descriptors, context),
    sourceContext: create(SourceContextSchema, { fileName: file.name }),
    syntax: syntaxOf(file),
  });
}

function toField(
  proto: FieldDescriptorProto,
  packed: ReadonlySet<number>,
  descriptors: Descriptors,
  context: CompileContext,
): Field {
  // Field.Kind and Field.Cardinality have descriptor.proto's numbers.
  return create(FieldSchema, {
    kind: proto.type as number as Field_Kind,
    cardinality: proto.label as number as Field_Cardinality,
    number: proto.number,
    name: proto.name,
    typeUrl: hasType(proto) ? typeUrlPrefix + withoutDot(proto.typeName) : '',
    oneofIndex: isInOneof(proto) ? proto.oneofIndex + 1 : 0,
    packed: packed.has(proto.number),
    options: toOptions(FieldOptionsSchema, proto.options, descriptors, context),
    jsonName: proto.jsonName === '' ? toJsonName(proto.name) : proto.jsonName,
    defaultValue: proto.defaultValue,
  });
}

function hasType({ type }: FieldDescriptorProto): boolean {
  return type === FieldType.MESSAGE || type === FieldType.GROUP || type === FieldType.ENUM;
}

/** Index 0 is an index, too: only presence tells. */
function isInOneof(proto: FieldDescriptorProto): boolean {
  return Object.hasOwn(proto, 'oneofIndex') && proto.label !== Label.REPEATED;
}

/** Numbers of the fields on the wire in packed form, by option or by syntax. */
function packedFields(desc: DescMessage | undefined): ReadonlySet<number> {
  return new Set(
    desc?.fields.filter((field) => field.fieldKind === 'list' && field.packed).map(({ number }) => number),
  );
}
