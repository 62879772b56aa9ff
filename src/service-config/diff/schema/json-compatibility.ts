import { Field_Cardinality, Field_Kind } from '@bufbuild/protobuf/wkt';
import type { Field } from '@bufbuild/protobuf/wkt';
import type { Direction } from './schema-comparison.ts';

/** The type that takes any JSON; a schema that says nothing compiles to it. */
const anyJson = 'google.protobuf.Value';

/** Number types in which each holds all that the ones before it hold, as JSON numbers. */
const widths: readonly Field_Kind[] = [
  Field_Kind.TYPE_INT32,
  Field_Kind.TYPE_INT64,
  Field_Kind.TYPE_FLOAT,
  Field_Kind.TYPE_DOUBLE,
];

/** Whether callers who send and read JSON can keep on: requests may say more than before, responses less. */
export function isJsonCompatible(old: Field, next: Field, direction: Direction): boolean {
  return direction === 'request' ? accepts(next, old) : accepts(old, next);
}

/** The same for whole messages, by the names of their types. */
export function isTypeCompatible(old: string, next: string, direction: Direction): boolean {
  return old === next || (direction === 'request' ? next : old) === anyJson;
}

/** Whether a field takes every value of another. */
function accepts(wide: Field, narrow: Field): boolean {
  if (wide.cardinality !== Field_Cardinality.REPEATED && wide.typeUrl.endsWith(`/${anyJson}`)) return true;
  if (wide.cardinality !== narrow.cardinality) return false;
  const width = widths.indexOf(narrow.kind);
  return width >= 0 && width <= widths.indexOf(wide.kind);
}
