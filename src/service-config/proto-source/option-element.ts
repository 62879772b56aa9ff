import { ScalarType } from '@bufbuild/protobuf';
import type { DescEnum } from '@bufbuild/protobuf';

import { SourceProblem } from '../source/source-problem.ts';
import type { OptionValue } from './proto-file.ts';
import { decodeText } from './token-stream.ts';

/** What the value of a field that is no message has to be. */
export interface ElementType {
  readonly name: string;
  readonly scalar: ScalarType | undefined;
  readonly enum: DescEnum | undefined;
}

/** Converts a constant to what protobuf-es holds. Throws {@link SourceProblem} when it does not fit. */
export function toElement(type: ElementType, value: OptionValue): unknown {
  const [element, wanted] =
    type.enum === undefined
      ? toScalar(type.scalar as ScalarType, value)
      : ([enumNumber(type.enum, value), `a value of '${type.enum.typeName}'`] as const);
  if (element === undefined) throw new SourceProblem(`'${type.name}' has to be ${wanted}.`, value.offset);
  return element;
}

function enumNumber(type: DescEnum, value: OptionValue): number | undefined {
  if (value.kind === 'identifier') return numbersOf(type).get(value.text);
  return value.kind === 'integer' ? type.value[Number(value.value)]?.number : undefined;
}

const enumNumbers = new WeakMap<DescEnum, ReadonlyMap<string, number>>();

function numbersOf(type: DescEnum): ReadonlyMap<string, number> {
  const known = enumNumbers.get(type) ?? new Map(type.values.map(({ name, number }) => [name, number]));
  enumNumbers.set(type, known);
  return known;
}

function toScalar(type: ScalarType, value: OptionValue): readonly [unknown, string] {
  switch (type) {
    case ScalarType.BOOL:
      return [toBoolean(value), 'true or false'];
    case ScalarType.STRING:
      return [value.kind === 'string' ? decodeText(value.bytes) : undefined, 'a string'];
    case ScalarType.BYTES:
      return [value.kind === 'string' ? value.bytes : undefined, 'a string'];
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return [toNumber(value), 'a number'];
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return [small(toInteger(value, -(2n ** 31n), 2n ** 31n - 1n)), 'an integer of 32 bits'];
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return [small(toInteger(value, 0n, 2n ** 32n - 1n)), 'an integer of 32 bits and not negative'];
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return [toInteger(value, -(2n ** 63n), 2n ** 63n - 1n), 'an integer of 64 bits'];
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return [toInteger(value, 0n, 2n ** 64n - 1n), 'an integer of 64 bits and not negative'];
    default:
      return [type satisfies never, ''];
  }
}

function toBoolean(value: OptionValue): boolean | undefined {
  if (value.kind !== 'identifier') return undefined;
  return value.text === 'true' ? true : value.text === 'false' ? false : undefined;
}

function toInteger(value: OptionValue, low: bigint, high: bigint): bigint | undefined {
  return value.kind === 'integer' && value.value >= low && value.value <= high ? value.value : undefined;
}

function small(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function toNumber(value: OptionValue): number | undefined {
  if (value.kind === 'float') return value.value;
  if (value.kind === 'integer') return Number(value.value);
  if (value.kind !== 'identifier') return undefined;
  return value.text === 'inf' ? Infinity : value.text === 'nan' ? NaN : undefined;
}
