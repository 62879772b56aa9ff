import type { Field } from '@bufbuild/protobuf/wkt';
import { parseHttpTemplate } from '../../../protocol/http-template/parse-http-template.ts';
import type { OperationPair } from '../step.ts';

/** A field in the old message, in the new one, or in both. */
export interface FieldPair {
  readonly old: Field | undefined;
  readonly next: Field | undefined;
  /** The field is the whole body: its name is not on the wire. */
  readonly isNameless?: boolean;
}

/**
 * Pairs fields by name. `bodies` names the fields that are the whole body of a request, which has no name on the wire. A field
 * that took over the number and kind of one that went is that one renamed.
 */
export function pairFields(
  [old, next]: readonly [readonly Field[], readonly Field[]],
  bodies?: readonly [string | undefined, string | undefined],
): FieldPair[] {
  const nameOf = (field: Field, side: 0 | 1): string =>
    bodies !== undefined && field.name === bodies[side] ? '' : field.name;
  const before = new Map(old.map((field) => [nameOf(field, 0), field]));
  const after = new Map(next.map((field) => [nameOf(field, 1), field]));
  const gone = old.filter((field) => !after.has(nameOf(field, 0)));
  const renamed = new Map<Field, Field>();
  for (const [name, field] of after) {
    const predecessor = before.has(name)
      ? undefined
      : gone.find((candidate) => candidate.number === field.number && isSameKind(candidate, field));
    if (predecessor !== undefined) renamed.set(predecessor, field);
  }
  const isNew = new Set(renamed.values());
  return [
    ...old.map((field) => ({
      old: field,
      next: after.get(nameOf(field, 0)) ?? renamed.get(field),
      isNameless: nameOf(field, 0) === '',
    })),
    ...[...after]
      .filter(([name, field]) => !before.has(name) && !isNew.has(field))
      .map(([, field]) => ({ old: undefined, next: field })),
  ];
}

/** Whether a field is filled from the path in either config: callers see its place, not its name. */
export function isPathVariable(field: Field, { route }: OperationPair): boolean {
  if (route === undefined) return false;
  return [route.old, route.next].some(({ path }) => {
    const parsed = parseHttpTemplate(path);
    if (parsed.kind === 'error') return false;
    return parsed.template.variables.some(
      ({ fieldPath }) => fieldPath === field.name || fieldPath === field.jsonName,
    );
  });
}

function isSameKind(old: Field, next: Field): boolean {
  return old.kind === next.kind && old.cardinality === next.cardinality && old.typeUrl === next.typeUrl;
}
