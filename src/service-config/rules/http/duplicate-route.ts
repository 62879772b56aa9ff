import { templateShape } from '../../../protocol/http-template/http-template.ts';
import { parseHttpTemplate } from '../../../protocol/http-template/parse-http-template.ts';
import type { ServiceRule } from '../service-rule.ts';
import { bindingsOf } from './http-binding.ts';

/** Two operations on one verb and one shape of path: the proxies refuse to start with such a config. */
export const duplicateRouteRule: ServiceRule = {
  name: 'duplicate-route',
  location: 'unknown location',
  check(service, report) {
    const taken = new Map<string, string>();
    for (const rule of service.http?.rules ?? []) {
      for (const { method, path, rule: binding } of bindingsOf(rule)) {
        const parsed = parseHttpTemplate(path);
        if (parsed.kind === 'error') continue;
        const shape = `${method} ${templateShape(parsed.template)}`;
        const other = taken.get(shape);
        taken.set(shape, rule.selector);
        if (other === undefined || other === rule.selector) continue;
        const message = `http: '${method} ${path}' of '${rule.selector}' matches the same requests as a template of '${other}'.`;
        report.error({ message, hint: 'Names of variables do not tell paths apart.', on: binding });
      }
    }
  },
};
