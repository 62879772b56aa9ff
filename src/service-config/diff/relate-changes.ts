import type { CallerChange } from './caller-change.ts';
import type { ServiceComparison } from './compare-services.ts';
import type { ElementChange } from './element-change.ts';
import { parentPaths } from './element-path.ts';

/** An element that differs, with what that means for callers. */
export interface RelatedChange {
  readonly change: ElementChange;
  readonly callers: readonly CallerChange[];
}

/**
 * Puts what changes for callers beside the element behind it: the element itself, the one that contains it, or the first
 * one within it or within the nearest of its parents. What follows from no single element, such as a method that now
 * falls under another's rule, goes to the first.
 */
export function relateChanges({ callers, elements }: ServiceComparison): RelatedChange[] {
  const related = new Map<ElementChange, CallerChange[]>(elements.map((change) => [change, []]));
  const exact = new Map(elements.map((change) => [change.element, change]));
  const firstWithin = new Map<string, ElementChange>();
  for (const change of elements)
    for (const path of parentPaths(change.element)) if (!firstWithin.has(path)) firstWithin.set(path, change);
  for (const caller of callers) {
    const paths = parentPaths(caller.element);
    const containing = paths.find((path) => exact.has(path));
    const within = paths.find((path) => firstWithin.has(path));
    const change = exact.get(containing ?? '') ?? firstWithin.get(within ?? '') ?? elements[0];
    if (change !== undefined) related.get(change)?.push(caller);
  }
  return [...related].map(([change, own]) => ({ change, callers: own }));
}
