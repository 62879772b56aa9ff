import type { Measure } from './measures.ts';
import type { MetricScope, ReportMetric } from './report-dialect.ts';

const prefix = 'serviceruntime.googleapis.com/api/';
const pathByScope: Readonly<Record<MetricScope, string>> = {
  consumer: 'consumer/',
  producer: 'producer/',
  byConsumer: 'producer/by_consumer/',
};

/** One row per measure: the metrics of each scope that has it, in the given order. */
export function metricRows(
  suffix: string,
  measure: Measure,
  scopes: readonly MetricScope[],
): readonly ReportMetric[] {
  return scopes.map((scope) => ({ name: `${prefix}${pathByScope[scope]}${suffix}`, scope, measure }));
}
