import { doubleWildcard, singleWildcard } from '../../protocol/http-template/http-template.ts';
import type { HttpTemplate } from '../../protocol/http-template/http-template.ts';
import { TemplateTrie } from '../../protocol/http-template/template-trie.ts';
import type { ServiceRule } from '../rules/service-rule.ts';
import { routesOf } from './route.ts';
import type { Route } from './route.ts';

/** Stands for what a wildcard takes; no API has such a literal. */
const placeholder = 'gatehouse~sample';

/** Segments that `**` stands for at most. */
const maxDepth = 64;

/**
 * Finds routes whose requests all go to another one, by asking the proxies' own matcher for a path made from the
 * template. The usual case: `GET /x/{id}` takes `/x/1:export` before `GET /x/{id}:export` is tried (ESPv2).
 */
export const unreachableRouteRule: ServiceRule = {
  name: 'unreachable-route',
  location: 'unknown location',
  check(service, report) {
    const routes = routesOf(service);
    const trie = new TemplateTrie<Route>();
    for (const route of routes) trie.add(route.method, route.template, route);
    const depth = Math.min(
      maxDepth,
      routes.reduce((max, { template }) => Math.max(max, template.segments.length), 0) + 1,
    );
    for (const route of routes) {
      const found = trie.find(route.method, samplePath(route.template, depth))?.value;
      if (found === undefined || found.selector === route.selector) continue;
      report.warning({
        message: `'${route.method} ${route.template.text}' is never reached: '${found.template.text}' of '${found.selector}' takes its requests.`,
        hint:
          route.template.verb === ''
            ? undefined
            : 'Start the proxy with --disallow_colon_in_wildcard_path_segment, or use a path without a colon.',
        on: route.rule,
        location: 'origin',
      });
    }
  },
};

/** A path that the template matches and that as few others as possible do: `**` takes more than any other has. */
function samplePath(template: HttpTemplate, depth: number): string {
  const segments = template.segments.map((segment) => {
    if (segment === doubleWildcard) return Array.from({ length: depth }, () => placeholder).join('/');
    return segment === singleWildcard ? placeholder : segment;
  });
  return `/${segments.join('/')}${template.verb === '' ? '' : `:${template.verb}`}`;
}
