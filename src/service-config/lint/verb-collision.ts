import { templateShape } from '../../protocol/http-template/http-template.ts';
import type { ServiceRule } from '../rules/service-rule.ts';
import { routesOf } from './route.ts';
import type { Route } from './route.ts';

/** `GET /foo:bar` and `GET /foo/bar`: ESPv2 takes a verb for one more segment and does not start with both. */
export const verbCollisionRule: ServiceRule = {
  name: 'verb-collision',
  location: 'unknown location',
  check(service, report) {
    const seen = new Map<string, Route>();
    for (const route of routesOf(service)) {
      const key = `${route.method} ${templateShape(route.template).replace(/:([^/]*)$/, '/$1')}`;
      const other = seen.get(key);
      seen.set(key, route);
      if (other === undefined || (other.template.verb === '') === (route.template.verb === '')) continue;
      report.warning({
        message: `'${route.method} ${route.template.text}' and '${other.template.text}' of '${other.selector}' are one pattern to ESPv2, which refuses to start with both.`,
        on: route.rule,
        location: 'origin',
      });
    }
  },
};
