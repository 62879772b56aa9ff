import { ScalarType } from '@bufbuild/protobuf';

/** Value of a scalar; undefined stands for a mapping or a sequence. */
export type Plain = string | number | bigint | boolean | null | undefined;

const textHint = 'Write text; a number, or a word such as true, goes in quotes.';

/** A scalar, read. */
export interface ConvertedScalar {
  /** As protobuf-es holds it; undefined when the value does not fit. */
  readonly converted: unknown;
  /** What protobuf calls the type in its messages. */
  readonly expected: string;
  /** What to write. */
  readonly hint: string;
}

/** Reads the value of a JSON or YAML scalar as a protobuf type, as ProtoJSON does: 64-bit integers may be strings. */
export function convertScalar(type: ScalarType, value: Plain): ConvertedScalar {
  switch (type) {
    case ScalarType.STRING:
      return {
        converted: typeof value === 'string' ? value : undefined,
        expected: 'a string',
        hint: textHint,
      };
    case ScalarType.BOOL:
      return {
        converted: typeof value === 'boolean' ? value : undefined,
        expected: 'a bool',
        hint: 'Write true or false, without quotes.',
      };
    case ScalarType.BYTES:
      return {
        converted: typeof value === 'string' ? fromBase64(value) : undefined,
        expected: 'a bytes',
        hint: 'Write base64.',
      };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { converted: toDouble(value), expected: 'a double', hint: 'Write a number.' };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return {
        converted: toInteger(value, -(2n ** 63n), 2n ** 63n - 1n),
        expected: 'an int64',
        hint: 'Write a whole number.',
      };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return {
        converted: toInteger(value, 0n, 2n ** 64n - 1n),
        expected: 'an uint64',
        hint: 'Write a whole number from 0 up.',
      };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return {
        converted: toSmallInteger(value, 0n, 2n ** 32n - 1n),
        expected: 'an uint32',
        hint: 'Write a whole number from 0 up.',
      };
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return {
        converted: toSmallInteger(value, -(2n ** 31n), 2n ** 31n - 1n),
        expected: 'an int32',
        hint: 'Write a whole number.',
      };
    default:
      return { converted: type satisfies never, expected: '', hint: '' };
  }
}

function toInteger(value: Plain, low: bigint, high: bigint): bigint | undefined {
  let integer: bigint;
  if (typeof value === 'bigint') integer = value;
  else if (typeof value === 'number' && Number.isSafeInteger(value)) integer = BigInt(value);
  else if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) integer = BigInt(value);
  else return undefined;
  return integer >= low && integer <= high ? integer : undefined;
}

function toSmallInteger(value: Plain, low: bigint, high: bigint): number | undefined {
  const integer = toInteger(value, low, high);
  return integer === undefined ? undefined : Number(integer);
}

/** Numbers and numeric strings: `deadline: "7.5"` is common in the wild. */
function toDouble(value: Plain): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(value)) return undefined;
  return Number(value);
}

function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
