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
    const found: Route[] = [];
    this.#search(root, segments, 0, { mine: false, theirs: false }, found);
    insert(root, route);
    return found;
  }

  /** `wins` says whose literals have met the other's wildcards so far; an overlap with both is a pair. */
  #search(
    node: Node,
    segments: readonly string[],
    at: number,
    wins: { readonly mine: boolean; readonly theirs: boolean },
    found: Route[],
  ): void {
    this.#steps += 1;
    if (this.#steps > maxSteps) return;
    const segment = segments[at];
    if (segment === undefined) {
      if (wins.mine && wins.theirs && node.route !== undefined) found.push(node.route);
      return;
    }
    const same = node.children.get(segment);
    if (same !== undefined) this.#search(same, segments, at + 1, wins, found);
    if (segment !== singleWildcard) {
      const wild = node.children.get(singleWildcard);
      if (wild !== undefined) this.#search(wild, segments, at + 1, { ...wins, mine: true }, found);
      return;
    }
    for (const [literal, next] of node.children) {
      if (literal !== singleWildcard) this.#search(next, segments, at + 1, { ...wins, theirs: true }, found);
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
