import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { MetricValue } from '../../gen/google/api/servicecontrol/v1/metric_value_pb.ts';
import type { Operation } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';

/** How far an operation may lie in the future: clocks differ. */
const maxAheadMs = 3_600_000;
/** How late it may be reported: as long as log entries are kept. */
const maxAgeMs = 30 * 24 * 3_600_000;
const maxLabels = 64;
const maxLogEntries = 1000;

/** What is wrong with a reported operation; undefined when nothing is. */
export function validateOperation(operation: Operation, nowMs: number): string | undefined {
  if (operation.operationId === '') return 'operation_id is required.';
  if (operation.operationName === '') return 'operation_name is required.';
  if (operation.startTime === undefined) return 'start_time is required.';
  const startMs = timestampMs(operation.startTime);
  const endMs = operation.endTime === undefined ? startMs : timestampMs(operation.endTime);
  if (endMs < startMs) return 'end_time is before start_time.';
  if (endMs > nowMs + maxAheadMs) return 'end_time is in the future.';
  if (endMs < nowMs - maxAgeMs) return 'end_time is too long ago.';
  if (Object.keys(operation.labels).length > maxLabels) return `there are more than ${maxLabels} labels.`;
  if (operation.logEntries.length > maxLogEntries) return `there are more than ${maxLogEntries} log entries.`;
  if (operation.logEntries.some(({ name }) => name === '')) return 'a log entry has no name.';
  for (const { metricName, metricValues } of operation.metricValueSets) {
    if (metricName === '') return 'a metric value set has no metric_name.';
    for (const value of metricValues) {
      const problem = validateMetricValue(value);
      if (problem !== undefined) return `metric '${metricName}': ${problem}`;
    }
  }
  return undefined;
}

function validateMetricValue({ value }: MetricValue): string | undefined {
  switch (value.case) {
    case 'int64Value':
      return value.value < 0n ? 'a delta is negative.' : undefined;
    case 'doubleValue':
      return Number.isFinite(value.value) ? undefined : 'the value is not a number.';
    case 'boolValue':
    case 'stringValue':
      return undefined;
    case 'distributionValue': {
      const { count, bucketCounts, mean, sumOfSquaredDeviation } = value.value;
      if (count < 0n || bucketCounts.some((each) => each < 0n)) return 'a count is negative.';
      const total = bucketCounts.reduce((sum, each) => sum + each, 0n);
      if (bucketCounts.length > 0 && total !== count) return 'the bucket counts do not add up to the count.';
      if (!Number.isFinite(mean) || !Number.isFinite(sumOfSquaredDeviation))
        return 'the mean is not a number.';
      return undefined;
    }
    case undefined:
      return 'the value is missing.';
  }
  return value satisfies never;
}
