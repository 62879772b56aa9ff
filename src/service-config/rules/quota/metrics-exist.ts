import type { ServiceRule } from '../service-rule.ts';

/** Limits and costs are about metrics that the service defines. */
export const quotaMetricsExistRule: ServiceRule = {
  name: 'quota-metrics-exist',
  location: 'toplevel',
  check(service, report) {
    const defined = new Set(service.metrics.map(({ name }) => name));
    for (const limit of service.quota?.limits ?? []) {
      if (defined.has(limit.metric)) continue;
      const message = `Metric '${limit.metric}' referenced by quota limit '${limit.name}' does not exist.`;
      report.error({ message, on: limit });
    }
    for (const rule of service.quota?.metricRules ?? []) {
      for (const metric of Object.keys(rule.metricCosts)) {
        if (defined.has(metric)) continue;
        const message = `Metric '${metric}' referenced by metric rule '${rule.selector}' does not exist.`;
        report.error({ message, on: rule });
      }
    }
  },
};
