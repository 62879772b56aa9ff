import type { LabelDescriptor } from '../../../gen/google/api/label_pb.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';

const maxMonitoredResources = 128;
const maxMetrics = 1024;
const maxLogs = 1024;
const maxLabels = 128;
const maxStringLength = 512;

/** How much telemetry a service may describe. */
export const telemetryBoundsRule: ServiceRule = {
  name: 'telemetry-bounds',
  location: 'toplevel',
  check(service, report) {
    checkCount('monitored resources list', service.monitoredResources, maxMonitoredResources, report);
    checkCount('metrics list', service.metrics, maxMetrics, report);
    checkCount('logs list', service.logs, maxLogs, report);
    for (const resource of service.monitoredResources) {
      checkText('monitored resource type', resource.type, resource, report, true);
      checkText('monitored resource display name', resource.displayName, resource, report);
      checkText('monitored resource description', resource.description, resource, report);
      checkLabels(`'${resource.type}' monitored resource`, resource.labels, resource, report);
    }
    for (const metric of service.metrics) {
      checkText('metric name', metric.name, metric, report, true);
      checkText('metric display name', metric.displayName, metric, report);
      checkText('metric description', metric.description, metric, report);
      checkLabels(`'${metric.name}' metric`, metric.labels, metric, report);
    }
    for (const log of service.logs) {
      checkText('log name', log.name, log, report, true);
      checkText('log display name', log.displayName, log, report);
      checkText('log description', log.description, log, report);
      checkLabels(`'${log.name}' log`, log.labels, log, report);
    }
  },
};

function checkCount(what: string, list: readonly unknown[], max: number, report: RuleReport): void {
  if (list.length > max)
    report.error({
      message: `The ${what} has ${list.length} entries; at most ${max} are allowed.`,
      hint: 'Remove some.',
    });
}

function checkText(what: string, text: string, on: object, report: RuleReport, isRequired = false): void {
  if (isRequired && text === '')
    report.error({ message: `The ${what} must not be empty.`, hint: 'Give it a name.', on });
  if (text.length > maxStringLength)
    report.error({
      message: `The ${what} has ${text.length} characters; at most ${maxStringLength} are allowed.`,
      hint: 'Shorten it.',
      on,
    });
}

function checkLabels(what: string, labels: readonly LabelDescriptor[], on: object, report: RuleReport): void {
  checkCount(`label list of the ${what}`, labels, maxLabels, report);
  const seen = new Set<string>();
  for (const { key, description } of labels) {
    checkText(`label key of the ${what}`, key, on, report, true);
    checkText(`label description of the ${what}`, description, on, report);
    if (seen.has(key))
      report.error({
        message: `The label '${key}' of the ${what} is already defined.`,
        hint: 'Remove one of the two.',
        on,
      });
    seen.add(key);
  }
}
