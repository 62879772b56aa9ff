import type { CallerChange } from './caller-change.ts';
import { keyedPath } from './element-path.ts';
import type { OperationView, RouteView, ServiceView } from './service-view.ts';

/** What a call to the old config meets in the new one. */
export interface OperationPair {
  readonly old: OperationView;
  readonly next: OperationView;
  /** How callers know it: `GET /books`, or a selector. */
  readonly label: string;
  /** A route that leads to both; undefined where callers name the method itself. */
  readonly route: { readonly old: RouteView; readonly next: RouteView } | undefined;
}

/** The step from one config to another. */
export interface Step {
  readonly old: ServiceView;
  readonly next: ServiceView;
  readonly pairs: readonly OperationPair[];
}

/** Finds one kind of changes for callers. Pure. */
export type CallerRule = (step: Step) => CallerChange[];

/** Pairs what callers reach in both configs: by route, and by name where callers use names. */
export function takeStep(old: ServiceView, next: ServiceView): Step {
  const pairs = new Map<string, OperationPair>();
  const add = (pair: OperationPair): void => {
    const key = `${pair.old.selector}\0${pair.next.selector}`;
    if (!pairs.has(key)) pairs.set(key, pair);
  };
  for (const [key, route] of old.routes) {
    const same = next.routes.get(key);
    if (same === undefined) continue;
    add({
      old: route.operation,
      next: same.operation,
      label: route.label,
      route: { old: route, next: same },
    });
  }
  for (const [selector, operation] of old.operations) {
    const same = next.operations.get(selector);
    if (same === undefined || !(old.hasProtobufClients || lostItsRoutes(operation, next))) continue;
    add({ old: operation, next: same, label: operation.label, route: undefined });
  }
  return { old, next, pairs: [...pairs.values()] };
}

/** What a comparison finds in each pair, with the operation that it is about. */
export function inEachPair(
  { pairs }: Step,
  compare: (pair: OperationPair) => readonly CallerChange[],
): CallerChange[] {
  return pairs.flatMap((pair) => compare(pair).map((change) => ({ ...change, operation: pair.label })));
}

/** Path of the rule of a pair, by the selector that the rule itself bears. */
export function pairRulePath(
  list: string,
  pair: OperationPair,
  rules: readonly [{ readonly selector: string } | undefined, { readonly selector: string } | undefined],
): string {
  return keyedPath(list, 'selector', rules[1]?.selector ?? rules[0]?.selector ?? pair.next.selector);
}

/** Then an operation is the same if its name is: nothing else leads to it. */
function lostItsRoutes({ routes }: OperationView, next: ServiceView): boolean {
  return routes.every(({ key }) => !next.routes.has(key));
}
