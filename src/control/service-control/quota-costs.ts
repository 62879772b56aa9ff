import type { Service } from '../../gen/google/api/service_pb.ts';
import type { QuotaOperation } from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';

/** Metrics that one call may name. */
const maxMetrics = 100;

/**
 * What an operation asks for: its quota metrics, or, without any, what the config says that its method costs. Proxies
 * send both; the metrics count. Undefined when the operation makes no sense: too many metrics, a value that is not a
 * whole number, or a negative one where nothing can be given back.
 */
export function readQuotaCosts(
  operation: QuotaOperation,
  config: Service | undefined,
  allowsNegative: boolean,
): ReadonlyMap<string, number> | undefined {
  const costs = new Map<string, number>();
  const { quotaMetrics } = operation;
  if (quotaMetrics.length > maxMetrics) return undefined;
  for (const { metricName, metricValues } of quotaMetrics)
    for (const { value } of metricValues) {
      if (value.case !== 'int64Value' || metricName === '') return undefined;
      const cost = Number(value.value);
      if (!Number.isSafeInteger(cost) || (cost < 0 && !allowsNegative)) return undefined;
      costs.set(metricName, (costs.get(metricName) ?? 0) + cost);
    }
  if (quotaMetrics.length > 0) return costs;
  const rule = config?.quota?.metricRules.findLast(({ selector }) => selector === operation.methodName);
  for (const [metric, cost] of Object.entries(rule?.metricCosts ?? {})) costs.set(metric, Number(cost));
  return costs;
}
