import type { Service } from '../../../gen/google/api/service_pb.ts';
import { nameHint } from '../../diagnostics/name-hint.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';

/** One place that telemetry goes to, whatever its kind. */
interface Destination {
  readonly kind: 'monitoring' | 'logging';
  readonly side: 'consumer' | 'producer';
  readonly resource: string;
  readonly names: readonly string[];
  readonly message: object;
}

/** Destinations refer to resources, metrics and logs that the service describes, each once. */
export const destinationsRule: ServiceRule = {
  name: 'telemetry-destinations',
  location: 'toplevel',
  check(service, report) {
    const resources = new Set(service.monitoredResources.map(({ type }) => type));
    const known = {
      monitoring: new Set(service.metrics.map(({ name }) => name)),
      logging: new Set(service.logs.map(({ name }) => name)),
    };
    const used = new Set<string>();
    for (const destination of destinationsOf(service)) {
      checkResource(destination, resources, used, report);
      checkNames(destination, known[destination.kind], report);
    }
  },
};

function destinationsOf({ monitoring, logging }: Service): Destination[] {
  const sides = ['consumer', 'producer'] as const;
  return sides.flatMap((side) => [
    ...(monitoring?.[`${side}Destinations`] ?? []).map((message): Destination => ({
      kind: 'monitoring',
      side,
      resource: message.monitoredResource,
      names: message.metrics,
      message,
    })),
    ...(logging?.[`${side}Destinations`] ?? []).map((message): Destination => ({
      kind: 'logging',
      side,
      resource: message.monitoredResource,
      names: message.logs,
      message,
    })),
  ]);
}

function describe({ side, kind, resource }: Destination): string {
  return `${side} ${kind} destination '${resource}'`;
}

function checkResource(
  destination: Destination,
  resources: ReadonlySet<string>,
  used: Set<string>,
  report: RuleReport,
): void {
  const { side, kind, resource, message: on } = destination;
  if (!resources.has(resource))
    report.error({
      message: `The ${describe(destination)} refers to the monitored resource that cannot be resolved.`,
      hint: nameHint(resource, resources) ?? 'Describe it under monitored_resources.',
      on,
    });
  const key = `${side} ${kind} ${resource}`;
  if (used.has(key))
    report.error({
      message: `Multiple ${side} ${kind} destinations use the same monitored resource type '${resource}'.`,
      hint: 'Put their names into one.',
      on,
    });
  used.add(key);
}

function checkNames(destination: Destination, known: ReadonlySet<string>, report: RuleReport): void {
  const what = destination.kind === 'monitoring' ? 'metric' : 'log';
  const on = destination.message;
  if (destination.names.length === 0)
    report.error({
      message: `The ${describe(destination)} must contain at least one ${what} name.`,
      hint: `Name a ${what}, or remove the destination.`,
      on,
    });
  const seen = new Set<string>();
  for (const name of destination.names) {
    if (seen.has(name))
      report.error({
        message: `The ${describe(destination)} uses '${name}' ${what} more than once.`,
        hint: 'Remove one.',
        on,
      });
    else if (!known.has(name))
      report.error({
        message: `The ${describe(destination)} refers to '${name}' ${what} that cannot be resolved.`,
        hint: nameHint(name, known) ?? `Describe it under ${what}s.`,
        on,
      });
    seen.add(name);
  }
}
