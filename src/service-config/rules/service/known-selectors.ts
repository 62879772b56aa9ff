import type { Service } from '../../../gen/google/api/service_pb.ts';
import { nameHint } from '../../diagnostics/name-hint.ts';
import type { ServiceRule } from '../service-rule.ts';

/** Rules name methods that exist; one that names none has no effect, which for security is worth knowing. */
export const knownSelectorsRule: ServiceRule = {
  name: 'unknown-selector',
  location: 'unknown location',
  check(service, report) {
    const methods = methodSelectors(service);
    for (const [section, rules] of sections(service)) {
      for (const rule of rules) {
        if (rule.selector === '' || isKnown(rule.selector, methods)) continue;
        const message = `The selector '${rule.selector}' of ${section} does not match any method.`;
        report.warning({ message, hint: nameHint(rule.selector, methods), on: rule });
      }
    }
  },
};

/** Full names of all methods of a service. */
export function methodSelectors(service: Service): ReadonlySet<string> {
  return new Set(service.apis.flatMap((api) => api.methods.map((method) => `${api.name}.${method.name}`)));
}

function sections(
  service: Service,
): ReadonlyArray<readonly [string, ReadonlyArray<{ readonly selector: string }>]> {
  return [
    ['http.rules', service.http?.rules ?? []],
    ['backend.rules', service.backend?.rules ?? []],
    ['usage.rules', service.usage?.rules ?? []],
    ['authentication.rules', service.authentication?.rules ?? []],
    ['quota.metric_rules', service.quota?.metricRules ?? []],
    ['system_parameters.rules', service.systemParameters?.rules ?? []],
  ];
}

/** `*` and `pkg.Svc.*` stand for many. */
function isKnown(selector: string, methods: ReadonlySet<string>): boolean {
  if (methods.has(selector) || selector === '*') return true;
  if (!selector.endsWith('.*')) return false;
  const prefix = selector.slice(0, -1);
  for (const method of methods) if (method.startsWith(prefix)) return true;
  return false;
}
