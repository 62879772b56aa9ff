import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { MetricValue } from '../../gen/google/api/servicecontrol/v1/metric_value_pb.ts';
import type { Operation } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import type { UsageDelta, UsageValue } from '../../store/usage.ts';

const consumerProjectLabel = 'serviceruntime.googleapis.com/consumer_project';
const versionLabel = 'serviceruntime.googleapis.com/api_version';
const locationLabel = 'cloud.googleapis.com/location';

/**
 * What an operation adds to the time series. Consumer metrics count for the project of the consumer, by-consumer ones
 * for the project that the label names; both are left out when that is not known. A series carries those labels that
 * the config declares for its metric.
 */
export function toUsageDeltas(
  operation: Operation,
  service: { readonly serviceName: string; readonly config: Service | undefined },
  consumerProject: string,
): UsageDelta[] {
  // Validated: the start is there.
  const end = operation.endTime ?? operation.startTime;
  const atMs = end === undefined ? 0 : timestampMs(end);
  const base = {
    serviceName: service.serviceName,
    method: operation.operationName,
    version: operation.labels[versionLabel] ?? '',
    location: operation.labels[locationLabel] ?? 'global',
    atMs,
  };
  const deltas: UsageDelta[] = [];
  for (const { metricName, metricValues } of operation.metricValueSets) {
    const owner = ownerOf(metricName, operation, consumerProject);
    if (owner === undefined) continue;
    for (const metricValue of metricValues) {
      const value = toUsageValue(metricValue);
      if (value === undefined) continue;
      const labels = pickLabels(metricName, { ...operation.labels, ...metricValue.labels }, service.config);
      deltas.push({ ...base, metric: metricName, consumerProject: owner, labels, value });
    }
  }
  return deltas;
}

/** Project number that a metric's series belong to, '' for the producer's own; undefined when it is not known. */
function ownerOf(metric: string, operation: Operation, consumerProject: string): string | undefined {
  if (metric.includes('/producer/by_consumer/'))
    return operation.labels[consumerProjectLabel] ?? (consumerProject || undefined);
  if (metric.includes('/producer/')) return '';
  return consumerProject || undefined;
}

/** Undefined for kinds that have no sum. */
function toUsageValue({ value }: MetricValue): UsageValue | undefined {
  switch (value.case) {
    case 'int64Value':
      return { kind: 'int64', value: value.value };
    case 'doubleValue':
      return { kind: 'double', value: value.value };
    case 'distributionValue':
      return value.value.count === 0n ? undefined : { kind: 'distribution', value: value.value };
    case 'boolValue':
    case 'stringValue':
    case undefined:
      return undefined;
  }
  return value satisfies never;
}

function pickLabels(
  metric: string,
  labels: Readonly<Record<string, string>>,
  config: Service | undefined,
): Record<string, string> {
  const descriptor = config?.metrics.find(({ name, type }) => name === metric || type === metric);
  const picked: Record<string, string> = {};
  for (const { key } of descriptor?.labels ?? []) {
    const value = labels[key];
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}
