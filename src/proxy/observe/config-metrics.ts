import type { ServiceControlCounters } from '../../service-control/counters.ts';
import type { MetricRegistry } from '../../telemetry/metrics.ts';
import type { Gateway } from '../gateway.ts';

/** What is served right now, and the connections to its backends; read at each scrape. */
export function registerConfigMetrics(registry: MetricRegistry, gateway: Pick<Gateway, 'configs'>): void {
  const info = registry.gauge({
    name: 'gatehouse_config_info',
    help: 'A service config being served; the value is its share of the traffic in percent.',
    labels: ['service', 'config_id', 'rollout_id'],
  });
  const exchanges = registry.gauge({
    name: 'gatehouse_config_requests_in_flight',
    help: 'Requests being served by a config.',
    labels: ['config_id'],
  });
  const connections = registry.gauge({
    name: 'gatehouse_upstream_connections',
    help: 'Connections to a backend by state.',
    labels: ['cluster', 'state'],
  });
  const requests = registry.gauge({
    name: 'gatehouse_upstream_requests',
    help: 'Requests at a backend: active, or pending until there is a connection.',
    labels: ['cluster', 'state'],
  });
  registry.onCollect(() => {
    for (const family of [info, exchanges, connections, requests]) family.clear();
    for (const { served, exchanges: inFlight } of gateway.configs) {
      const { serviceName, configId, rolloutId } = served.snapshot;
      info.series(serviceName, configId, rolloutId).set(served.percent);
      exchanges.series(configId).set(inFlight);
      for (const { config, stats, activeRequests } of served.clusters.values()) {
        if (config === undefined || stats === undefined) continue;
        connections.series(config.name, 'open').set(stats.connections);
        connections.series(config.name, 'idle').set(stats.idle);
        connections.series(config.name, 'connecting').set(stats.connecting);
        requests.series(config.name, 'pending').set(stats.pending);
        requests.series(config.name, 'active').set(activeRequests ?? 0);
      }
    }
  });
}

/** What was asked of Service Control; `counters` sums over all that serve. */
export function registerServiceControlMetrics(
  registry: MetricRegistry,
  counters: () => ServiceControlCounters | undefined,
): void {
  const calls = registry.counter({
    name: 'gatehouse_service_control_events_total',
    help: 'What was asked of Service Control, by the field names of /endpoints_status.',
    labels: ['event'],
  });
  const maxReport = registry
    .gauge({
      name: 'gatehouse_service_control_max_report_bytes',
      help: 'Bytes of the largest report request.',
      labels: [],
    })
    .series();
  registry.onCollect(() => {
    const now = counters();
    if (now === undefined) return;
    const { maxReportSize, ...events } = now;
    maxReport.set(maxReportSize);
    for (const [event, value] of Object.entries(events)) calls.series(event).value = value;
  });
}
