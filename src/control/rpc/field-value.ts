import { ScalarType, enumFromJson, isEnumJson } from '@bufbuild/protobuf';
import type { DescEnum, DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import { badRequest } from './bad-request.ts';

/** A field that text can be bound to: a scalar, an enum, or a message that JSON writes as a string or a scalar. */
export interface BoundField {
  readonly field: DescField;
  /** JSON names from the request down to the field. */
  readonly path: readonly string[];
}

/** Well-known types whose JSON is one value. Source: ProtoJSON. */
const scalarMessages: ReadonlySet<string> = new Set(
  ['Timestamp', 'Duration', 'FieldMask', 'DoubleValue', 'FloatValue', 'Int64Value', 'UInt64Value']
    .concat(['Int32Value', 'UInt32Value', 'BoolValue', 'StringValue', 'BytesValue'])
    .map((name) => `google.protobuf.${name}`),
);

/** Finds the field that `key.name`, in JSON or proto spelling, leads to; undefined when text cannot be bound to it. */
export function findBoundField(message: DescMessage, fieldPath: string): BoundField | undefined {
  const path: string[] = [];
  let current: DescMessage | undefined = message;
  let field: DescField | undefined;
  for (const name of fieldPath.split('.')) {
    field = current?.fields.find((candidate) => candidate.jsonName === name || candidate.name === name);
    if (field === undefined) return undefined;
    path.push(field.jsonName);
    current = field.fieldKind === 'message' ? field.message : undefined;
  }
  return field !== undefined && isBindable(field) ? { field, path } : undefined;
}

function isBindable(field: DescField): boolean {
  switch (field.fieldKind) {
    case 'map':
      return false;
    case 'message':
      return scalarMessages.has(field.message.typeName);
    case 'list':
      return field.listKind !== 'message' || scalarMessages.has(field.message.typeName);
    case 'scalar':
    case 'enum':
      return true;
  }
}

/** The JSON of one text bound to the field (one element of it if repeated). Throws INVALID_ARGUMENT. */
export function toFieldJson(field: DescField, text: string): JsonValue {
  if (field.scalar !== undefined) return scalarJson(field, field.scalar, text);
  if (field.enum !== undefined) return enumJson(field, field.enum, text);
  switch (field.message?.typeName) {
    case 'google.protobuf.FieldMask':
      return text.split(',').map(toCamelCasePath).join(',');
    case 'google.protobuf.BoolValue':
      return scalarJson(field, ScalarType.BOOL, text);
    default:
      return text;
  }
}

function scalarJson(field: DescField, type: ScalarType, text: string): JsonValue {
  switch (type) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return text;
    case ScalarType.BOOL:
      // gcloud writes query parameters the way Python prints them.
      if (text === 'true' || text === 'True' || text === '1') return true;
      if (text === 'false' || text === 'False' || text === '0') return false;
      throw invalidValue(field, 'TYPE_BOOL', text);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      if (/^(NaN|-?Infinity|-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)$/.test(text)) return text;
      throw invalidValue(field, `TYPE_${scalarName(type)}`, text);
    default:
      if (isInRange(type, text)) return text;
      throw invalidValue(field, `TYPE_${scalarName(type)}`, text);
  }
}

function scalarName(type: ScalarType): string {
  return ScalarType[type] as string;
}

function isInRange(type: ScalarType, text: string): boolean {
  if (!/^-?\d{1,20}$/.test(text)) return false;
  const name = scalarName(type);
  const bits = name.endsWith('64') ? 64 : 32;
  const value = BigInt(text);
  const isUnsigned = name.startsWith('UINT') || name.startsWith('FIXED');
  return value === (isUnsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value));
}

function enumJson(field: DescField, type: DescEnum, text: string): JsonValue {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  if (!isEnumJson(type, text)) throw invalidValue(field, `type.googleapis.com/${type.typeName}`, text);
  return enumFromJson(type, text);
}

function invalidValue(field: DescField, type: string, text: string): Error {
  return badRequest(`Invalid value at '${field.name}' (${type}), ${JSON.stringify(text)}`, field.name);
}

/** JSON writes field masks in lowerCamelCase; clients send either spelling. */
function toCamelCasePath(path: string): string {
  return path.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
