import { create, getExtension, toBinary } from '@bufbuild/protobuf';
import type {
  DescEnum,
  DescExtension,
  DescField,
  DescMessage,
  Message,
  MessageShape,
} from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import {
  anyPack,
  BoolValueSchema,
  BytesValueSchema,
  DoubleValueSchema,
  FloatValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  OptionSchema,
  StringValueSchema,
  UInt32ValueSchema,
  UInt64ValueSchema,
} from '@bufbuild/protobuf/wkt';
import type { Any, Option } from '@bufbuild/protobuf/wkt';
import { ScalarType } from '@bufbuild/protobuf';

import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import { serviceRegistry } from '../to-json.ts';
import type { Descriptors } from './descriptors.ts';

/**
 * Options of a definition as a service config holds them: built-in ones by their name, extensions by their full name,
 * scalars wrapped, enum values as numbers, repeated options one by one. A message that only the descriptors know is left
 * out: JSON of a config could not show it.
 */
export function toOptions<Desc extends DescMessage>(
  schema: Desc,
  options: MessageShape<Desc> | undefined,
  { registry }: Descriptors,
  context: CompileContext,
): Option[] {
  if (options === undefined) return [];
  const reflected = reflect(schema, options);
  const builtIn = reflected.fields
    .filter((field) => reflected.isSet(field) && field.name !== 'uninterpreted_option')
    .flatMap((field) => toEntries(field.name, field, (options as Record<string, unknown>)[field.localName]));
  const numbers = new Set(options.$unknown?.map(({ no }) => no));
  const extensions = [...numbers]
    .sort((a, b) => a - b)
    .flatMap((number) => {
      const extension =
        registry.getExtensionFor(schema, number) ?? serviceRegistry.getExtensionFor(schema, number);
      return extension === undefined ? [] : readExtension(extension, options, context);
    });
  return [...builtIn, ...extensions];
}

function readExtension(extension: DescExtension, options: Message, context: CompileContext): Option[] {
  try {
    return toEntries(extension.typeName, extension, getExtension(options, extension));
  } catch (error) {
    // getExtension throws plain Errors for bytes that do not fit the extension.
    const details = error instanceof Error ? error.message : String(error);
    const message = `The option '${extension.typeName}' cannot be read: ${details}`;
    context.diagnostics.error({ rule: 'descriptor-invalid', location: toplevelLocation, message });
    return [];
  }
}

type OptionField = (DescField | DescExtension) & {
  readonly enum: DescEnum | undefined;
  readonly message: DescMessage | undefined;
  readonly scalar: ScalarType | undefined;
};

function toEntries(name: string, field: OptionField, value: unknown): Option[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((item) => {
    const any = toAny(field, item);
    return any === undefined ? [] : [create(OptionSchema, { name, value: any })];
  });
}

function toAny(field: OptionField, value: unknown): Any | undefined {
  if (field.enum !== undefined)
    return anyPack(Int32ValueSchema, create(Int32ValueSchema, { value: value as number }));
  if (field.scalar !== undefined) return wrap(field.scalar, value);
  const message = field.message;
  if (message === undefined || serviceRegistry.getMessage(message.typeName) === undefined) return undefined;
  return {
    $typeName: 'google.protobuf.Any',
    typeUrl: `type.googleapis.com/${message.typeName}`,
    value: toBinary(message, value as Message),
  };
}

/** Wraps a scalar. The descriptor of the option says what JavaScript type the value has. */
function wrap(type: ScalarType, value: unknown): Any {
  switch (type) {
    case ScalarType.BOOL:
      return anyPack(BoolValueSchema, create(BoolValueSchema, { value: value as boolean }));
    case ScalarType.STRING:
      return anyPack(StringValueSchema, create(StringValueSchema, { value: value as string }));
    case ScalarType.BYTES:
      return anyPack(BytesValueSchema, create(BytesValueSchema, { value: value as Uint8Array }));
    case ScalarType.DOUBLE:
      return anyPack(DoubleValueSchema, create(DoubleValueSchema, { value: value as number }));
    case ScalarType.FLOAT:
      return anyPack(FloatValueSchema, create(FloatValueSchema, { value: value as number }));
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return anyPack(Int32ValueSchema, create(Int32ValueSchema, { value: value as number }));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return anyPack(UInt32ValueSchema, create(UInt32ValueSchema, { value: value as number }));
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return anyPack(Int64ValueSchema, create(Int64ValueSchema, { value: value as bigint }));
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return anyPack(UInt64ValueSchema, create(UInt64ValueSchema, { value: value as bigint }));
    default:
      return type satisfies never;
  }
}
