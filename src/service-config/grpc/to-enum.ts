import { create } from '@bufbuild/protobuf';
import {
  EnumOptionsSchema,
  EnumSchema,
  EnumValueOptionsSchema,
  EnumValueSchema,
  SourceContextSchema,
} from '@bufbuild/protobuf/wkt';
import type { Enum, EnumDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import type { Defined, Descriptors } from './descriptors.ts';
import { syntaxOf } from './fill-apis.ts';
import { toOptions } from './to-options.ts';

/** `google.protobuf.Enum` of an enum descriptor. */
export function toEnum(
  { name, proto, file }: Defined<EnumDescriptorProto>,
  descriptors: Descriptors,
  context: CompileContext,
): Enum {
  return create(EnumSchema, {
    name,
    enumvalue: proto.value.map((value) =>
      create(EnumValueSchema, {
        name: value.name,
        number: value.number,
        options: toOptions(EnumValueOptionsSchema, value.options, descriptors, context),
      }),
    ),
    options: toOptions(EnumOptionsSchema, proto.options, descriptors, context),
    sourceContext: create(SourceContextSchema, { fileName: file.name }),
    syntax: syntaxOf(file),
  });
}
