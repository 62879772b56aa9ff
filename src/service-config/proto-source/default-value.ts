import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
} from '@bufbuild/protobuf/wkt';
import type { FieldDescriptorProto } from '@bufbuild/protobuf/wkt';

import { SourceProblem } from '../source/source-problem.ts';
import type { ParseContext } from './parse-context.ts';
import { parseValue } from './parse-options.ts';
import type { OptionValue } from './proto-file.ts';
import { decodeText } from './token-stream.ts';

/** Reads `default = value` into the text that descriptors hold. Whether an enum has the value is checked by linking. */
export function parseDefault(context: ParseContext, field: FieldDescriptorProto, offset: number): void {
  if (context.isProto3) throw new SourceProblem('Default values are not allowed in proto3.', offset);
  if (field.label === Label.REPEATED) throw new SourceProblem('A repeated field has no default.', offset);
  const value = parseValue(context, 0);
  // Unset while the type is a name.
  const text = toText(Object.hasOwn(field, 'type') ? field.type : undefined, value);
  if (text === undefined)
    throw new SourceProblem('The default does not fit the type of the field.', value.offset);
  field.defaultValue = text;
}

function toText(type: FieldType | undefined, value: OptionValue): string | undefined {
  switch (type) {
    case FieldType.INT32:
    case FieldType.SINT32:
    case FieldType.SFIXED32:
      return integerText(value, -(2n ** 31n), 2n ** 31n - 1n);
    case FieldType.INT64:
    case FieldType.SINT64:
    case FieldType.SFIXED64:
      return integerText(value, -(2n ** 63n), 2n ** 63n - 1n);
    case FieldType.UINT32:
    case FieldType.FIXED32:
      return integerText(value, 0n, 2n ** 32n - 1n);
    case FieldType.UINT64:
    case FieldType.FIXED64:
      return integerText(value, 0n, 2n ** 64n - 1n);
    case FieldType.FLOAT:
      return floatText(value, 'float');
    case FieldType.DOUBLE:
      return floatText(value, 'double');
    case FieldType.BOOL:
      return value.kind === 'identifier' && /^(?:true|false)$/.test(value.text) ? value.text : undefined;
    case FieldType.STRING:
      return value.kind === 'string' ? decodeText(value.bytes) : undefined;
    case FieldType.BYTES:
      return value.kind === 'string' ? escapeBytes(value.bytes) : undefined;
    // A type by its name; messages are refused by linking.
    default:
      return value.kind === 'identifier' && type !== FieldType.GROUP ? value.text : undefined;
  }
}

function integerText(value: OptionValue, low: bigint, high: bigint): string | undefined {
  return value.kind === 'integer' && value.value >= low && value.value <= high
    ? value.value.toString()
    : undefined;
}

function floatText(value: OptionValue, type: 'float' | 'double'): string | undefined {
  if (value.kind === 'identifier')
    return value.text === 'inf' || value.text === 'nan' ? value.text : undefined;
  if (value.kind !== 'integer' && value.kind !== 'float') return undefined;
  const number = type === 'float' ? Math.fround(Number(value.value)) : Number(value.value);
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
  return shortest(number, type);
}

/** Digits that always suffice for most numbers, and for all; as in protobuf's SimpleFtoa and SimpleDtoa. */
const digits = { float: [6, 9], double: [15, 17] } as const;

function shortest(number: number, type: 'float' | 'double'): string {
  const [few, all] = digits[type];
  const short = number.toPrecision(few);
  const read = type === 'float' ? Math.fround(Number(short)) : Number(short);
  return toG(read === number ? short : number.toPrecision(all), number, read === number ? few : all);
}

/** C's `%g` of a number that is rounded already: no trailing zeros, an exponent of two digits. */
function toG(precise: string, number: number, precision: number): string {
  const exponent = number === 0 ? 0 : Number(number.toExponential(precision - 1).split('e')[1]);
  if (exponent >= -4 && exponent < precision) {
    const plain = precise.includes('e') ? Number(precise).toFixed(precision - 1 - exponent) : precise;
    return Object.is(number, -0) ? '-0' : trimZeros(plain);
  }
  const [mantissa = ''] = number.toExponential(precision - 1).split('e');
  const sign = exponent < 0 ? '-' : '+';
  return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const namedEscapes: ReadonlyMap<number, string> = new Map([
  [10, '\\n'],
  [13, '\\r'],
  [9, '\\t'],
  [34, '\\"'],
  [39, "\\'"],
  [92, '\\\\'],
]);

/** Bytes as descriptors write them: printable ASCII, the rest in escapes. */
function escapeBytes(bytes: Uint8Array): string {
  return Array.from(
    bytes,
    (byte) =>
      namedEscapes.get(byte) ??
      (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`),
  ).join('');
}
