import type { HttpRule } from '../../../gen/google/api/http_pb.ts';

/** One verb on one url template. */
export interface HttpBinding {
  /** Upper-case verb, or the kind of a custom pattern as written. */
  readonly method: string;
  readonly path: string;
  readonly rule: HttpRule;
}

/** The bindings of a rule: its own and the additional ones, which do not nest. */
export function bindingsOf(rule: HttpRule): HttpBinding[] {
  return [rule, ...rule.additionalBindings].flatMap((binding) => toBinding(binding) ?? []);
}

function toBinding(rule: HttpRule): HttpBinding | undefined {
  const { pattern } = rule;
  if (pattern.case === undefined) return undefined;
  if (pattern.case === 'custom') return { method: pattern.value.kind, path: pattern.value.path, rule };
  return { method: pattern.case.toUpperCase(), path: pattern.value, rule };
}
