import { isMessage, ScalarType, toJson } from '@bufbuild/protobuf';
import type { DescEnum, DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { ReflectList, ReflectMap, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { serviceRegistry } from '../to-json.ts';

/** Messages whose JSON is no object of their fields: compared and shown as one value. */
const wholeTypes: ReadonlySet<string> = new Set([
  'google.protobuf.Any',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  'google.protobuf.UInt32Value',
]);

/** Whether a message is compared as one value. */
export function isWhole(desc: DescMessage): boolean {
  return wholeTypes.has(desc.typeName);
}

/** ProtoJSON of any part of a config. Unlike `toJson` it takes what has none: an Any of an unknown type, a Duration of 10^12 s. */
export function messageToJson(message: ReflectMessage): JsonValue {
  return isWhole(message.desc) ? wholeToJson(message) : fieldsToJson(message);
}

function fieldsToJson(message: ReflectMessage): JsonObject {
  const object: JsonObject = {};
  for (const field of message.fields)
    if (message.isSet(field)) object[field.jsonName] = fieldToJson(message, field);
  return object;
}

/** ProtoJSON of a scalar or of an enum's value. */
export function singleToJson(field: DescField, value: unknown): JsonValue {
  if (field.enum !== undefined) return enumToJson(field.enum, value as number);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'number' && field.scalar !== ScalarType.INT32 && !Number.isFinite(value))
    return String(value);
  return value as JsonValue; // What is left of scalars: strings, booleans and finite numbers.
}

/** ProtoJSON of an element of a list or of a value of a map. */
export function elementToJson(field: DescField, value: unknown): JsonValue {
  return field.message === undefined ? singleToJson(field, value) : messageToJson(value as ReflectMessage);
}

function fieldToJson(message: ReflectMessage, field: DescField): JsonValue {
  const value = message.get(field);
  switch (field.fieldKind) {
    case 'list':
      return [...(value as ReflectList)].map((item) => elementToJson(field, item));
    case 'map': {
      const entries = [...(value as ReflectMap)].map(([key, item]) => [key, elementToJson(field, item)]);
      return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))) as JsonObject;
    }
    case 'scalar':
    case 'enum':
    case 'message':
      return elementToJson(field, value);
    default:
      return field satisfies never;
  }
}

function wholeToJson(whole: ReflectMessage): JsonValue {
  const { desc, message } = whole;
  try {
    return toJson(desc, message, { registry: serviceRegistry });
  } catch {
    // Its fields still tell whether it is the same; with an Any, such as another server's option, its bytes do.
    if (!isMessage(message, AnySchema)) return fieldsToJson(whole);
    return { '@type': message.typeUrl, value: Buffer.from(message.value).toString('base64') };
  }
}

function enumToJson(desc: DescEnum, value: number): JsonValue {
  return desc.value[value]?.name ?? value;
}
