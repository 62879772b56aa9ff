import type { ServiceRule } from '../service-rule.ts';

/** A call cannot give quota back. */
export const quotaMetricCostRule: ServiceRule = {
  name: 'quota-metric-cost',
  location: 'toplevel',
  check(service, report) {
    for (const rule of service.quota?.metricRules ?? []) {
      for (const [metric, cost] of Object.entries(rule.metricCosts)) {
        if (cost >= 0n) continue;
        report.error({
          message: `Metric cost ${cost} for metric '${metric}' must not be negative.`,
          on: rule,
        });
      }
    }
  },
};
