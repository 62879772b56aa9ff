import type { RuleReport, ServiceRule } from '../service-rule.ts';

/** Resources, metrics and logs have names of their own. */
export const telemetryUniqueRule: ServiceRule = {
  name: 'telemetry-unique',
  location: 'toplevel',
  check(service, report) {
    const text = (name: string, what: string, part: string): string =>
      `The '${name}' ${what} is already defined. The ${part} must be unique.`;
    reportTwins(
      service.monitoredResources,
      ({ type }) => type,
      report,
      (name) => text(name, 'monitored resource', 'monitored resource type'),
    );
    reportTwins(
      service.metrics,
      ({ name }) => name,
      report,
      (name) => text(name, 'metric', 'metric name'),
    );
    reportTwins(
      service.logs,
      ({ name }) => name,
      report,
      (name) => text(name, 'log', 'log name'),
    );
  },
};

function reportTwins<T extends object>(
  items: readonly T[],
  nameOf: (item: T) => string,
  report: RuleReport,
  message: (name: string) => string,
): void {
  const seen = new Set<string>();
  for (const item of items) {
    const name = nameOf(item);
    if (seen.has(name)) report.error({ message: message(name), on: item });
    seen.add(name);
  }
}
