import type { Service } from '../../gen/google/api/service_pb.ts';
import { defaultLogging, defaultLogs } from './logging.ts';
import { defaultMetrics } from './metrics.ts';
import { defaultMonitoredResources } from './monitored-resources.ts';
import { defaultMonitoring } from './monitoring.ts';

/** Where the proxies check and report when nothing else is said; its presence switches Service Control on. */
export const defaultControlEnvironment = 'servicecontrol.googleapis.com';

/**
 * Adds what every compiled config has: the log, the monitored resource, the metrics that proxies report and where they
 * go. What the config already has under the same name stays as it is. Changes `service` and returns it.
 */
export function addServiceDefaults(service: Service): Service {
  service.logs.push(...missing(defaultLogs(), service.logs, ({ name }) => name));
  service.monitoredResources.push(
    ...missing(defaultMonitoredResources(), service.monitoredResources, ({ type }) => type),
  );
  service.metrics.push(...missing(defaultMetrics(), service.metrics, ({ name }) => name));
  service.logging ??= defaultLogging();
  service.monitoring ??= defaultMonitoring();
  return service;
}

function missing<T>(defaults: readonly T[], present: readonly T[], nameOf: (item: T) => string): T[] {
  const names = new Set(present.map(nameOf));
  return defaults.filter((item) => !names.has(nameOf(item)));
}
