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
  check({ monitoredResources, metrics, logs }, report) {
    checkCount(
      { what: 'monitored resources list', list: monitoredResources, max: maxMonitoredResources },
      report,
    );
    checkCount({ what: 'metrics list', list: metrics, max: maxMetrics }, report);
    checkCount({ what: 'logs list', list: logs, max: maxLogs }, report);
    for (const on of monitoredResources)
      checkDescribed({ ...on, on, kind: 'monitored resource', id: on.type, idName: 'type' }, report);
    for (const on of metrics)
      checkDescribed({ ...on, on, kind: 'metric', id: on.name, idName: 'name' }, report);
    for (const on of logs) checkDescribed({ ...on, on, kind: 'log', id: on.name, idName: 'name' }, report);
  },
};

/** A monitored resource, a metric or a log. */
interface Described {
  readonly kind: string;
  readonly id: string;
  /** What messages call the id. */
  readonly idName: string;
  readonly displayName: string;
  readonly description: string;
  readonly labels: readonly LabelDescriptor[];
  /** The message itself. */
  readonly on: object;
}

function checkDescribed(described: Described, report: RuleReport): void {
  const { kind, id, idName, displayName, description, labels, on } = described;
  checkId({ what: `${kind} ${idName}`, text: id, on }, report);
  checkText({ what: `${kind} display name`, text: displayName, on }, report);
  checkText({ what: `${kind} description`, text: description, on }, report);
  checkLabels({ what: `'${id}' ${kind}`, labels, on }, report);
}

function checkCount(
  { what, list, max, on }: { what: string; list: readonly unknown[]; max: number; on?: object },
  report: RuleReport,
): void {
  if (list.length <= max) return;
  const message = `The ${what} has ${list.length} entries; at most ${max} are allowed.`;
  report.error({ message, hint: 'Remove some.', on });
}

interface NamedText {
  readonly what: string;
  readonly text: string;
  readonly on: object;
}

function checkId(named: NamedText, report: RuleReport): void {
  const { what, text, on } = named;
  if (text === '') report.error({ message: `The ${what} must not be empty.`, hint: 'Give it a name.', on });
  checkText(named, report);
}

function checkText({ what, text, on }: NamedText, report: RuleReport): void {
  if (text.length <= maxStringLength) return;
  const message = `The ${what} has ${text.length} characters; at most ${maxStringLength} are allowed.`;
  report.error({ message, hint: 'Shorten it.', on });
}

function checkLabels(
  { what, labels, on }: { what: string; labels: readonly LabelDescriptor[]; on: object },
  report: RuleReport,
): void {
  checkCount({ what: `label list of the ${what}`, list: labels, max: maxLabels, on }, report);
  const seen = new Set<string>();
  for (const { key, description } of labels) {
    checkId({ what: `label key of the ${what}`, text: key, on }, report);
    checkText({ what: `label description of the ${what}`, text: description, on }, report);
    if (seen.has(key))
      report.error({
        message: `The label '${key}' of the ${what} is already defined.`,
        hint: 'Remove one of the two.',
        on,
      });
    seen.add(key);
  }
}
