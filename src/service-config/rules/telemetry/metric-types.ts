import {
  MetricDescriptor_MetricKind as Kind,
  MetricDescriptor_ValueType as ValueType,
} from '../../../gen/google/api/metric_pb.ts';
import type { MetricDescriptor } from '../../../gen/google/api/metric_pb.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';

/** A metric says what it counts and how. */
export const metricTypesRule: ServiceRule = {
  name: 'metric-types',
  location: 'toplevel',
  check(service, report) {
    for (const metric of service.metrics) checkMetric(metric, report);
  },
};

function checkMetric(metric: MetricDescriptor, report: RuleReport): void {
  const { name, metricKind, valueType } = metric;
  if (metricKind === Kind.METRIC_KIND_UNSPECIFIED) {
    const message = `The metric kind of the '${name}' metric is not specified. Allowed values are GAUGE, DELTA and CUMULATIVE.`;
    report.error({ message, hint: 'Write metricKind: DELTA to count calls.', on: metric });
  }
  if (valueType === ValueType.VALUE_TYPE_UNSPECIFIED) {
    const message = `The metric value type of the '${name}' metric is not specified. Allowed values are BOOL, INT64, DOUBLE, STRING, DISTRIBUTION and MONEY.`;
    report.error({ message, hint: 'Write valueType: INT64 to count calls.', on: metric });
  }
  const isState = valueType === ValueType.BOOL || valueType === ValueType.STRING;
  if (isState && metricKind !== Kind.GAUGE && metricKind !== Kind.METRIC_KIND_UNSPECIFIED) {
    const message = `The '${name}' metric is of BOOL or STRING type. Metrics of these value types must be of GAUGE kind.`;
    report.error({ message, hint: 'Write metricKind: GAUGE, or valueType: INT64.', on: metric });
  }
}
