import type { CallerChange } from './caller-change.ts';
import type { ElementChange } from './element-change.ts';
import { isWithin } from './element-path.ts';
import type { ServiceComparison } from './compare-services.ts';

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
  const byElement = new Map(elements.map((change) => [change.element, change]));
  for (const caller of callers) {
    const change = causeOf(caller.element, elements, byElement) ?? elements[0];
    if (change !== undefined) related.get(change)?.push(caller);
  }
  return [...related].map(([change, own]) => ({ change, callers: own }));
}

function causeOf(
  element: string,
  elements: readonly ElementChange[],
  byElement: ReadonlyMap<string, ElementChange>,
): ElementChange | undefined {
  const parents = parentsOf(element);
  const containing = parents.find((parent) => byElement.has(parent));
  if (containing !== undefined) return byElement.get(containing);
  for (const parent of parents) {
    const within = elements.find((change) => isWithin(change.element, parent));
    if (within !== undefined) return within;
  }
  return undefined;
}

/** The path itself, then shorter ones: without its last field or index, and so on. */
function parentsOf(element: string): string[] {
  const paths = [''];
  // A quoted key may hold any character.
  for (const match of element.matchAll(/\.?\w+|\[(?:\w+=="(?:[^"\\]|\\.)*"|\d+)\]/g))
    paths.push(element.slice(0, match.index + match[0].length));
  return paths.slice(1).toReversed();
}
