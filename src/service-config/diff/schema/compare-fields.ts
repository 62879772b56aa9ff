import {
  anyUnpack,
  Field_Cardinality,
  Field_Kind,
  Field_KindSchema,
  Int32ValueSchema,
} from '@bufbuild/protobuf/wkt';
import type { Enum, Field } from '@bufbuild/protobuf/wkt';
import type { Severity } from '../caller-change.ts';
import { keyedPath } from '../element-path.ts';
import { isJsonCompatible } from './json-compatibility.ts';
import type { FieldPair } from './pair-fields.ts';
import type { Direction } from './schema-comparison.ts';

/** What differs in one field of a message or one value of an enum. */
export interface SchemaChange {
  readonly severity: Severity;
  readonly rule: string;
  /** Name of the field of `google.protobuf.Field` that says so; '' for the field as a whole. For an enum, the path below it. */
  readonly field: string;
  /** A sentence without its end: where it holds is added. */
  readonly message: string;
}

/** Where a field or value stands. */
export interface SchemaPlace {
  readonly direction: Direction;
  /** Callers may send binary protobuf, where numbers count. */
  readonly byNumber: boolean;
  readonly typeName: string;
}

/** What callers notice of a change in a field. Messages that the field refers to are compared by themselves. */
export function compareFields({ old, next, isNameless }: FieldPair, place: SchemaPlace): SchemaChange[] {
  if (next === undefined) return old === undefined ? [] : [fieldRemoved(old, place)];
  const name = `Field ${next.name} of ${place.typeName}`;
  if (old === undefined) return [fieldAdded(next, name, place)];
  const broken = (rule: string, field: string, message: string): SchemaChange => ({
    severity: 'breaking',
    rule,
    field,
    message,
  });
  const typed = (rule: string, field: string, message: string): SchemaChange => ({
    ...broken(rule, field, message),
    severity: !place.byNumber && isJsonCompatible(old, next, place.direction) ? 'notice' : 'breaking',
  });
  const changes: SchemaChange[] = [];
  if (isNameless !== true && (old.jsonName || old.name) !== (next.jsonName || next.name))
    changes.push(
      broken(
        'field-renamed',
        'json_name',
        `Field ${old.jsonName || old.name} of ${place.typeName} was renamed to ${next.jsonName || next.name}`,
      ),
    );
  if (old.kind !== next.kind)
    changes.push(
      typed('field-type-changed', 'kind', `${name} became ${kindOf(next)} instead of ${kindOf(old)}`),
    );
  if (isRepeated(old) !== isRepeated(next))
    changes.push(
      typed(
        'field-cardinality-changed',
        'cardinality',
        `${name} became ${isRepeated(next) ? 'a list' : 'one value instead of a list'}`,
      ),
    );
  if (!isRequired(old) && isRequired(next) && place.direction === 'request')
    changes.push(broken('field-required', 'options', `${name} must now be given`));
  if (place.byNumber && old.number !== next.number)
    changes.push(
      broken('field-number-changed', 'number', `${name} has number ${next.number} instead of ${old.number}`),
    );
  return changes;
}

/** What callers notice of a change in an enum. */
export function compareEnums(
  [old, next]: readonly [Enum, Enum],
  { direction, byNumber, typeName }: SchemaPlace,
): SchemaChange[] {
  const before = new Map(old.enumvalue.map((value) => [value.name, value]));
  const after = new Map(next.enumvalue.map((value) => [value.name, value]));
  const path = (name: string): string => `.${keyedPath('enumvalue', 'name', name)}`;
  const removed = [...before.values()].filter(({ name }) => !after.has(name));
  const added = [...after.values()].filter(({ name }) => !before.has(name));
  const renumbered = [...after.values()].filter(
    ({ name, number }) => byNumber && before.get(name) !== undefined && before.get(name)?.number !== number,
  );
  return [
    ...removed.map(({ name }): SchemaChange => ({
      severity: direction === 'request' ? 'breaking' : 'notice',
      rule: 'enum-value-removed',
      field: path(name),
      message: `Value ${name} of enum ${typeName} was removed`,
    })),
    ...added.map(({ name }): SchemaChange => ({
      severity: 'notice',
      rule: 'enum-value-added',
      field: path(name),
      message: `Value ${name} of enum ${typeName} was added${direction === 'response' ? ': clients may not know it' : ''}`,
    })),
    ...renumbered.map(({ name, number }): SchemaChange => ({
      severity: 'breaking',
      rule: 'enum-value-renumbered',
      field: `${path(name)}.number`,
      message: `Value ${name} of enum ${typeName} is ${number} instead of ${before.get(name)?.number}`,
    })),
  ];
}

function fieldRemoved({ name }: Field, { typeName }: SchemaPlace): SchemaChange {
  const message = `Field ${name} of ${typeName} was removed`;
  return { severity: 'breaking', rule: 'field-removed', field: '', message };
}

function fieldAdded(field: Field, name: string, { direction }: SchemaPlace): SchemaChange {
  if (direction === 'request' && isRequired(field))
    return {
      severity: 'breaking',
      rule: 'field-required',
      field: '',
      message: `${name} was added and must be given`,
    };
  return { severity: 'notice', rule: 'field-added', field: '', message: `${name} was added` };
}

/** By proto2's `required`, or by `google.api.field_behavior`, whose values a config holds as numbers. */
function isRequired({ cardinality, options }: Field): boolean {
  if (cardinality === Field_Cardinality.REQUIRED) return true;
  return options.some(
    ({ name, value }) =>
      name === 'google.api.field_behavior' &&
      value !== undefined &&
      anyUnpack(value, Int32ValueSchema)?.value === requiredBehavior,
  );
}

/** Source: google.api.FieldBehavior.REQUIRED. */
const requiredBehavior = 2;

function isRepeated({ cardinality }: Field): boolean {
  return cardinality === Field_Cardinality.REPEATED;
}

/** `int32`, or the name of a message or an enum. */
function kindOf({ kind, typeUrl }: Field): string {
  if (typeUrl !== '') return typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  const name = Field_KindSchema.value[kind]?.name ?? String(kind);
  return kind === Field_Kind.TYPE_UNKNOWN ? 'unknown' : name.replace(/^TYPE_/, '').toLowerCase();
}
