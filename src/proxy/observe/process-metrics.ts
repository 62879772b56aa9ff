import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Closeable } from '../../core/lifecycle.ts';
import type { MetricRegistry } from '../../telemetry/metrics.ts';

/** Event loop delay is sampled this often. */
const resolutionMs = 20;
const nanosecondsPerSecond = 1e9;
const microsecondsPerSecond = 1e6;
const quantiles = [50, 90, 99] as const;

/** The process itself under the names that every Prometheus client uses. Close it to stop the sampling. */
export function registerProcessMetrics(registry: MetricRegistry): Closeable {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const gauge = (name: string, help: string): { set(value: number): void } =>
    registry.gauge({ name, help, labels: [] }).series();
  const cpu = registry
    .counter({ name: 'process_cpu_seconds_total', help: 'User and system CPU time.', labels: [] })
    .series();
  const resident = gauge('process_resident_memory_bytes', 'Resident memory.');
  const heap = gauge('nodejs_heap_size_used_bytes', 'Used heap.');
  const descriptors = gauge('process_open_fds', 'Open file descriptors.');
  gauge('process_start_time_seconds', 'Start of the process, Unix time.').set(
    Date.now() / 1000 - process.uptime(),
  );
  const lag = registry.gauge({
    name: 'nodejs_eventloop_lag_seconds',
    help: 'Event loop delay since the last scrape, by quantile.',
    labels: ['quantile'],
  });
  registry.onCollect(() => {
    const { user, system } = process.cpuUsage();
    cpu.value = (user + system) / microsecondsPerSecond;
    const memory = process.memoryUsage();
    resident.set(memory.rss);
    heap.set(memory.heapUsed);
    const open = countDescriptors();
    if (open !== undefined) descriptors.set(open);
    for (const quantile of quantiles)
      lag.series(String(quantile / 100)).set(delay.percentile(quantile) / nanosecondsPerSecond);
    delay.reset();
  });
  return {
    close() {
      delay.disable();
      return Promise.resolve();
    },
  };
}

/** Undefined where the system has no /proc. */
function countDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // macOS: there is no cheap way, and the gauge stays 0.
    return undefined;
  }
}
