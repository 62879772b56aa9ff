import { Field_Kind } from '@bufbuild/protobuf/wkt';
import type { Enum, Field, Type } from '@bufbuild/protobuf/wkt';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import type { OperationView, ServiceView } from '../service-view.ts';
import type { OperationPair, Step } from '../step.ts';
import { compareEnums, compareFields } from './compare-fields.ts';
import type { SchemaChange } from './compare-fields.ts';
import { isTypeCompatible } from './json-compatibility.ts';
import { isPathVariable, pairFields } from './pair-fields.ts';

/** Which way the values of a type go. */
export type Direction = 'request' | 'response';

/** A type that an old and a new message refer to, and from where. */
interface TypeStep {
  readonly old: string;
  readonly next: string;
  readonly direction: Direction;
  /** Element of the reference: where a change is when the types have different names. */
  readonly element: string;
  /** The operation by which it was reached. */
  readonly pair: OperationPair;
  /** The message is what the operation itself takes, not a part of it. */
  readonly isRoot: boolean;
}

/**
 * Compares the messages of operations with everything that they contain. A type that many operations share is compared once per
 * direction; what is found in both directions is told once. Names of types do not matter, for no caller sees them.
 */
export class SchemaComparison {
  readonly #step: Step;
  readonly #seen = new Set<string>();
  readonly #found = new Map<string, CallerChange & { places: string }>();

  constructor(step: Step) {
    this.#step = step;
  }

  requests(pair: OperationPair): void {
    this.#compareFrom(pair, 'request', (operation) => operation.method.requestTypeUrl);
  }

  responses(pair: OperationPair): void {
    this.#compareFrom(pair, 'response', (operation) => operation.method.responseTypeUrl);
  }

  changes(): CallerChange[] {
    return [...this.#found.values()].map(({ places, message, ...change }) => ({
      ...change,
      message: `${message} (${places}).`,
    }));
  }

  #compareFrom(pair: OperationPair, direction: Direction, urlOf: (operation: OperationView) => string): void {
    const element = fieldPath(pair.next.element, `${direction}_type_url`);
    const [old, next] = [typeName(urlOf(pair.old)), typeName(urlOf(pair.next))];
    // A list instead of recursion: types chain without bound.
    const open: TypeStep[] = [{ old, next, direction, element, pair, isRoot: true }];
    for (let step = open.pop(); step !== undefined; step = open.pop()) open.push(...this.#compare(step));
  }

  /** Notes what differs in two types and gives the types that their fields lead to. */
  #compare(step: TypeStep): TypeStep[] {
    const { old, next, direction, isRoot, pair } = step;
    // Operations differ in which fields of their own message are variables of the path.
    const key = `${direction}\0${old}\0${next}\0${isRoot ? `${pair.old.selector}\0${pair.next.selector}` : ''}`;
    if (this.#seen.has(key)) return [];
    this.#seen.add(key);
    const types = [typeOf(this.#step.old, old), typeOf(this.#step.next, next)] as const;
    if (types[0] === undefined || types[1] === undefined) {
      this.#compareOpaque(step);
      return [];
    }
    return this.#compareMessages(step, [types[0], types[1]]);
  }

  #compareMessages(step: TypeStep, [old, next]: readonly [Type, Type]): TypeStep[] {
    const { direction, pair } = step;
    const byNumber = this.#step.old.hasProtobufClients;
    const isHidden = (field: Field): boolean => step.isRoot && !byNumber && isPathVariable(field, pair);
    const bodies =
      step.isRoot && !byNumber
        ? ([pair.route?.old.binding.body, pair.route?.next.binding.body] as const)
        : undefined;
    const path = step.old === step.next ? keyedPath('types', 'name', step.next) : undefined;
    const steps: TypeStep[] = [];
    for (const fields of pairFields([old.fields, next.fields], bodies)) {
      if (isHidden((fields.next ?? fields.old) as Field)) continue;
      const name = (fields.next ?? fields.old)?.name ?? '';
      const element = path === undefined ? step.element : keyedPath(fieldPath(path, 'fields'), 'name', name);
      for (const change of compareFields(fields, { direction, byNumber, typeName: step.next }))
        this.#note(step, path === undefined ? step.element : fieldPathOf(element, change), change);
      if (fields.old === undefined || fields.next === undefined || !isReference(fields.old, fields.next))
        continue;
      const reference = {
        ...step,
        isRoot: false,
        element: path === undefined ? element : fieldPath(element, 'type_url'),
      };
      const names = { old: typeName(fields.old.typeUrl), next: typeName(fields.next.typeUrl) };
      if (fields.next.kind === Field_Kind.TYPE_ENUM) this.#compareEnum({ ...reference, ...names });
      else steps.push({ ...reference, ...names });
    }
    return steps;
  }

  #compareEnum(step: TypeStep): void {
    const enums = [this.#step.old.enums.get(step.old), this.#step.next.enums.get(step.next)] as const;
    const [old, next] = enums;
    if (old === undefined || next === undefined) return this.#compareOpaque(step);
    const path = step.old === step.next ? keyedPath('enums', 'name', step.next) : undefined;
    for (const change of compareEnums([old as Enum, next as Enum], {
      direction: step.direction,
      byNumber: this.#step.old.hasProtobufClients,
      typeName: step.next,
    }))
      this.#note(step, path === undefined ? step.element : `${path}${change.field}`, change);
  }

  /** Types that the configs do not describe are the same if their names are. */
  #compareOpaque(step: TypeStep): void {
    const { old, next, direction, element } = step;
    if (old === next) return;
    this.#note(step, element, {
      severity: isTypeCompatible(old, next, direction) ? 'notice' : 'breaking',
      rule: 'type-changed',
      field: '',
      message: `${describeType(old)} became ${describeType(next)}`,
    });
  }

  #note({ direction, pair }: TypeStep, element: string, { severity, rule, message }: SchemaChange): void {
    const key = `${element}\0${rule}\0${message}`;
    const place = `${direction}s of ${pair.label}`;
    const known = this.#found.get(key);
    if (known === undefined) {
      this.#found.set(key, { severity, rule, element, message, places: `in ${place}` });
      return;
    }
    const isMoreSevere = known.severity === 'notice' && severity !== 'notice';
    const places = known.places.includes(`${direction}s of`) ? known.places : `${known.places} and ${place}`;
    this.#found.set(key, { ...known, severity: isMoreSevere ? severity : known.severity, places });
  }
}

function fieldPathOf(element: string, { field }: SchemaChange): string {
  return field === '' ? element : fieldPath(element, field);
}

function isReference(old: Field, next: Field): boolean {
  return (
    old.kind === next.kind &&
    (next.kind === Field_Kind.TYPE_MESSAGE ||
      next.kind === Field_Kind.TYPE_ENUM ||
      next.kind === Field_Kind.TYPE_GROUP)
  );
}

/** A message without fields need not be described. */
const emptyType: Pick<Type, 'fields'> = { fields: [] };

function typeOf(view: ServiceView, name: string): Type | undefined {
  // Well-known types have a JSON of their own, which their fields do not tell.
  if (name === 'google.protobuf.Empty') return emptyType as Type;
  return name.startsWith('google.protobuf.') ? undefined : view.types.get(name);
}

function typeName(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function describeType(name: string): string {
  return name === '' ? 'nothing' : name;
}
