import { doubleWildcard, singleWildcard } from './http-template.ts';
import type { HttpTemplate } from './http-template.ts';

/** A method on a template; `*` stands for any method. */
export interface TemplatePattern {
  readonly method: string;
  readonly template: HttpTemplate;
}

/** The method that stands for any. Source: `custom { kind: "*" }`. */
export const anyMethod = '*';

/**
 * Orders patterns most specific first: literals in byte order, then `*`, then `**`; a template before those that
 * continue it, except below `**`, where the longer come first; methods of one template in byte order, `*` last. A verb
 * counts as one more literal segment. Source: espv2 httppattern.
 */
export function comparePatterns(a: TemplatePattern, b: TemplatePattern): number {
  return compareTemplates(a.template, b.template) || compareMethods(a.method, b.method);
}

/** {@link comparePatterns} without the method: 0 for templates that match the same paths. */
export function compareTemplates(a: HttpTemplate, b: HttpTemplate): number {
  const [left, right] = [path(a), path(b)];
  const common = Math.min(left.length, right.length);
  for (let i = 0; i < common; i++) {
    const order = compareSegments(left[i] as string, right[i] as string);
    if (order !== 0) return order;
  }
  if (left.length === right.length) return 0;
  const shorterFirst = (left.length < right.length ? left : right)[common - 1] === doubleWildcard ? 1 : -1;
  return left.length < right.length ? shorterFirst : -shorterFirst;
}

/** Methods in byte order, {@link anyMethod} last. */
export function compareMethods(a: string, b: string): number {
  if (a === b) return 0;
  if (a === anyMethod) return 1;
  if (b === anyMethod) return -1;
  return a < b ? -1 : 1;
}

function path(template: HttpTemplate): readonly string[] {
  return template.verb === '' ? template.segments : [...template.segments, template.verb];
}

function compareSegments(a: string, b: string): number {
  return rank(a) - rank(b) || (a === b ? 0 : a < b ? -1 : 1);
}

function rank(segment: string): number {
  if (segment === doubleWildcard) return 2;
  return segment === singleWildcard ? 1 : 0;
}
