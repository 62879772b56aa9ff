import type { Service } from '../../../gen/google/api/service_pb.ts';
import { nameHint } from '../../diagnostics/name-hint.ts';
import type { ServiceRule } from '../service-rule.ts';

/** Limits and costs are about metrics that the service defines. */
export const quotaMetricsExistRule: ServiceRule = {
  name: 'quota-metrics-exist',
  location: 'toplevel',
  check(service, report) {
    const defined = new Set(service.metrics.map(({ name }) => name));
    const hintFor = (metric: string): string =>
      nameHint(metric, ownMetrics(service)) ?? `Define it: metrics: [{name: ${metric}, …}]`;
    for (const limit of service.quota?.limits ?? []) {
      if (defined.has(limit.metric)) continue;
      const message = `Metric '${limit.metric}' referenced by quota limit '${limit.name}' does not exist.`;
      report.error({ message, hint: hintFor(limit.metric), on: limit });
    }
    for (const rule of service.quota?.metricRules ?? []) {
      for (const metric of Object.keys(rule.metricCosts)) {
        if (defined.has(metric)) continue;
        const message = `Metric '${metric}' referenced by metric rule '${rule.selector}' does not exist.`;
        report.error({ message, hint: hintFor(metric), on: rule });
      }
    }
  },
};

/** What every service has does not count calls against a quota. */
const builtIn = 'serviceruntime.googleapis.com/';

function ownMetrics({ metrics }: Service): string[] {
  return metrics.map(({ name }) => name).filter((name) => !name.startsWith(builtIn));
}
