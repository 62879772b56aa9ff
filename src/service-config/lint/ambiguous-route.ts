import { doubleWildcard, singleWildcard } from '../../protocol/http-template/http-template.ts';
import type { ServiceRule } from '../rules/service-rule.ts';
import { routesOf } from './route.ts';
import type { Route } from './route.ts';

/** Steps that the search may take; past them further pairs go unmentioned. */
const maxSteps = 500_000;

interface Node {
  readonly children: Map<string, Node>;
  route: Route | undefined;
}

/**
 * Finds pairs such as `/a/{x}/c` and `/a/b/{y}`, which both match `/a/b/c` and neither of which is the more specific:
 * the proxies take the one whose literal comes first, which is rarely meant.
 */
export const ambiguousRouteRule: ServiceRule = {
  name: 'ambiguous-route',
  location: 'unknown location',
  check(service, report) {
    const search = new PairSearch();
    for (const route of routesOf(service)) {
      if (route.template.segments.includes(doubleWildcard)) continue;
      for (const other of search.add(route)) {
        if (other.selector === route.selector) continue;
        report.warning({
          message: `'${route.method} ${route.template.text}' and '${other.template.text}' of '${other.selector}' match some of the same paths; the one whose first differing segment is a literal takes them.`,
          on: route.rule,
          location: 'origin',
        });
      }
    }
  },
};

interface Search {
  readonly segments: readonly string[];
  readonly found: Route[];
}

/** How far a search has come, and whose literals have met the other's wildcards; an overlap with both is a pair. */
interface Step {
  readonly at: number;
  readonly mine: boolean;
  readonly theirs: boolean;
}

/** A trie of templates per method and verb, asked for overlaps before each is added. */
class PairSearch {
  readonly #roots = new Map<string, Node>();
  #steps = 0;

  /** Adds a route and returns those before it that overlap with it crosswise. */
  add(route: Route): Route[] {
    const { segments, verb } = route.template;
    const key = `${route.method}:${verb}:${segments.length}`;
    const root = this.#roots.get(key) ?? { children: new Map<string, Node>(), route: undefined };
    this.#roots.set(key, root);
    const search: Search = { segments, found: [] };
    this.#search(search, root, { at: 0, mine: false, theirs: false });
    insert(root, route);
    return search.found;
  }

  #search(search: Search, node: Node, step: Step): void {
    this.#steps += 1;
    if (this.#steps > maxSteps) return;
    const segment = search.segments[step.at];
    if (segment === undefined) {
      if (step.mine && step.theirs && node.route !== undefined) search.found.push(node.route);
      return;
    }
    const next = { ...step, at: step.at + 1 };
    const same = node.children.get(segment);
    if (same !== undefined) this.#search(search, same, next);
    if (segment !== singleWildcard) {
      const wild = node.children.get(singleWildcard);
      if (wild !== undefined) this.#search(search, wild, { ...next, mine: true });
      return;
    }
    for (const [literal, child] of node.children) {
      if (literal !== singleWildcard) this.#search(search, child, { ...next, theirs: true });
    }
  }
}

function insert(root: Node, route: Route): void {
  let node = root;
  for (const segment of route.template.segments) {
    const next = node.children.get(segment) ?? { children: new Map<string, Node>(), route: undefined };
    node.children.set(segment, next);
    node = next;
  }
  node.route ??= route;
}
