import { LabelDescriptor_ValueType, type LabelDescriptor } from '../../gen/google/api/label_pb.ts';
import {
  MetricDescriptor_MetricKind,
  MetricDescriptor_ValueType,
  type MetricDescriptor,
} from '../../gen/google/api/metric_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { isCounter } from './measures.ts';
import type { ReportContext, ReportDialect, ReportLabel, ReportMetric } from './report-dialect.ts';

/** What reports of one service config contain: the part of the dialect's tables that the config asks for. */
export interface ReportPlan {
  readonly dialect: ReportDialect;
  readonly context: ReportContext;
  readonly labels: readonly ReportLabel[];
  /** Metrics of the first operation, consumer metrics included. */
  readonly metrics: readonly ReportMetric[];
  /** Metrics of the second operation, which names the consumer's project. */
  readonly byConsumerMetrics: readonly ReportMetric[];
  readonly logNames: readonly string[];
}

/**
 * Picks from the dialect what `service` declares: metrics that exist with the right kind and type and that a monitoring
 * destination wants, labels of the wanted metrics and of the resources and logs in use, logs that a producer destination
 * wants. A destination whose resource is not declared counts as absent. Source: espv2 logs_metrics_loader.cc.
 */
export function planReport(service: Service, dialect: ReportDialect, context: ReportContext): ReportPlan {
  const resources = new Map(service.monitoredResources.map((resource) => [resource.type, resource.labels]));
  const descriptors = new Map(service.metrics.map((metric) => [metric.name || metric.type, metric]));
  const declared: LabelDescriptor[] = [];
  const wanted = new Set<string>();
  const monitoring = service.monitoring;
  for (const destination of [
    ...(monitoring?.producerDestinations ?? []),
    ...(monitoring?.consumerDestinations ?? []),
  ]) {
    const labels = resources.get(destination.monitoredResource);
    if (labels === undefined) continue;
    declared.push(...labels);
    for (const metric of destination.metrics) wanted.add(metric);
  }
  const metrics = dialect.metrics.filter(
    (metric) => wanted.has(metric.name) && isUsable(metric, descriptors.get(metric.name)),
  );
  // Labels of metrics that this proxy never sends count too: /error_type belongs to error_count alone.
  for (const name of wanted) declared.push(...(descriptors.get(name)?.labels ?? []));
  const logs = planLogs(service, resources);
  declared.push(...logs.labels);
  const names = new Set(declared.map((label) => label.key));
  return {
    dialect,
    context,
    labels: dialect.labels.filter((label) => label.kind === 'always' || names.has(label.name)),
    metrics: metrics.filter((metric) => metric.scope !== 'byConsumer'),
    byConsumerMetrics: metrics.filter((metric) => metric.scope === 'byConsumer'),
    logNames: logs.names,
  };
}

function planLogs(
  service: Service,
  resources: ReadonlyMap<string, readonly LabelDescriptor[]>,
): { names: readonly string[]; labels: readonly LabelDescriptor[] } {
  const descriptors = new Map(service.logs.map((log) => [log.name, log]));
  const names = new Set<string>();
  const labels: LabelDescriptor[] = [];
  for (const destination of service.logging?.producerDestinations ?? []) {
    const resourceLabels = resources.get(destination.monitoredResource);
    if (resourceLabels === undefined) continue;
    labels.push(...resourceLabels);
    for (const name of destination.logs) {
      const log = descriptors.get(name);
      if (log === undefined) continue;
      names.add(name);
      labels.push(...log.labels);
    }
  }
  return { names: [...names], labels };
}

function isUsable(metric: ReportMetric, descriptor: MetricDescriptor | undefined): boolean {
  if (descriptor === undefined) return false;
  const valueType = isCounter(metric.measure)
    ? MetricDescriptor_ValueType.INT64
    : MetricDescriptor_ValueType.DISTRIBUTION;
  return (
    descriptor.metricKind === MetricDescriptor_MetricKind.DELTA &&
    descriptor.valueType === valueType &&
    // All labels that a proxy fills are strings.
    descriptor.labels.every((label) => label.valueType === LabelDescriptor_ValueType.STRING)
  );
}
