import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCounters } from '../../service-control/counters.ts';
import { encodeMetrics } from '../../telemetry/metrics-text.ts';
import { MetricRegistry } from '../../telemetry/metrics.ts';
import { FakeCluster } from '../pipeline/testing/fake-cluster.ts';
import { testCluster, testMethod, testSnapshot } from '../pipeline/testing/test-config.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { registerConfigMetrics, registerServiceControlMetrics } from './config-metrics.ts';
import { registerProcessMetrics } from './process-metrics.ts';

class CountingCluster extends FakeCluster {
  readonly config = {
    name: testCluster,
    scheme: 'http',
    protocol: 'http/1.1',
    host: '127.0.0.1',
    port: 1,
    isUnixSocket: false,
  } as const;
  readonly stats = { connections: 3, idle: 1, connecting: 2, pending: 4 };
  readonly activeRequests = 5;
}

describe('registerConfigMetrics', () => {
  it('shows the configs of now and their connections', () => {
    const registry = new MetricRegistry();
    const { gateway } = createTestGateway({ isEmpty: true });
    registerConfigMetrics(registry, gateway);
    const serve = (configId: string): void =>
      gateway.serve([
        {
          snapshot: testSnapshot(testMethod(), { configId }),
          controller: undefined,
          clusters: new Map([[testCluster, new CountingCluster()]]),
          percent: 100,
          release: () => undefined,
        },
      ]);
    serve('r0');
    encodeMetrics(registry);
    serve('r1');
    const text = encodeMetrics(registry);
    assert.doesNotMatch(text, /config_id="r0"/);
    for (const line of [
      'gatehouse_config_info{service="echo.example.com",config_id="r1",rollout_id="2026-01-01r0"} 100',
      'gatehouse_config_requests_in_flight{config_id="r1"} 0',
      'gatehouse_upstream_connections{cluster="local",state="open"} 3',
      'gatehouse_upstream_requests{cluster="local",state="pending"} 4',
      'gatehouse_upstream_requests{cluster="local",state="active"} 5',
    ])
      assert.ok(text.includes(`${line}\n`), line);
  });
});

describe('registerServiceControlMetrics', () => {
  it('shows what was asked of Service Control', () => {
    const registry = new MetricRegistry();
    const counters = { ...createCounters(), totalCalledChecks: 7, maxReportSize: 900 };
    registerServiceControlMetrics(registry, () => counters);
    const text = encodeMetrics(registry);
    assert.match(text, /^gatehouse_service_control_events_total\{event="totalCalledChecks"\} 7$/m);
    assert.match(text, /^gatehouse_service_control_max_report_bytes 900$/m);
  });
});

describe('registerProcessMetrics', () => {
  it('measures the process', async () => {
    const registry = new MetricRegistry();
    const metrics = registerProcessMetrics(registry);
    const text = encodeMetrics(registry);
    await metrics.close();
    assert.match(text, /^process_resident_memory_bytes [1-9]\d{6,}$/m);
    assert.match(text, /^process_cpu_seconds_total 0\.\d+|[1-9]/m);
    assert.match(text, /^nodejs_eventloop_lag_seconds\{quantile="0.99"\} \S+$/m);
  });
});
