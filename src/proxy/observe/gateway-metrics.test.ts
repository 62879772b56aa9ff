import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMetrics } from '../../telemetry/metrics-text.ts';
import { MetricRegistry } from '../../telemetry/metrics.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';

describe('createGatewayMetrics', () => {
  it('counts what passes and what is refused', () => {
    const registry = new MetricRegistry();
    const metrics = createGatewayMetrics(registry);
    const { send, cluster, clock } = createTestGateway({ observers: [metrics] });
    const stream = send({ method: 'POST', bodyLength: 3 });
    assert.match(encodeMetrics(registry), /^gatehouse_requests_in_flight 1$/m);
    stream.write('abc');
    stream.end();
    clock.advance(20);
    cluster.last.respond(200, 'hello');
    const unknown = send({ target: '/nowhere' });
    const failed = send();
    cluster.last.attempts = 2;
    cluster.last.fail('remote_connection_failure', 'delayed connect error: 111');
    const text = encodeMetrics(registry);
    const sent = 'hello'.length + unknown.body.length + failed.body.length;
    for (const line of [
      'gatehouse_requests_total{operation="1.test.Echo",code_class="2xx"} 1',
      'gatehouse_requests_total{operation="1.test.Echo",code_class="5xx"} 1',
      'gatehouse_requests_total{operation="<Unknown Operation Name>",code_class="4xx"} 1',
      'gatehouse_request_duration_seconds_bucket{operation="1.test.Echo",le="0.025"} 2',
      'gatehouse_request_duration_seconds_bucket{operation="1.test.Echo",le="0.01"} 1',
      'gatehouse_requests_in_flight 0',
      'gatehouse_request_body_bytes_total 3',
      `gatehouse_response_body_bytes_total ${sent}`,
      'gatehouse_backend_retries_total 1',
      'gatehouse_backend_duration_seconds_count 2',
      'gatehouse_local_replies_total{reason="direct_response"} 1',
      'gatehouse_local_replies_total{reason="upstream_reset_before_response_started{remote_connection_failure}"} 1',
    ])
      assert.ok(text.includes(`${line}\n`), `${line} is missing in\n${text}`);
  });

  it('counts decisions by outcome', () => {
    const registry = new MetricRegistry();
    const metrics = createGatewayMetrics(registry);
    metrics.countCheck('API_KEY_INVALID');
    metrics.countQuota('allowed');
    const text = encodeMetrics(registry);
    assert.match(text, /^gatehouse_checks_total\{outcome="API_KEY_INVALID"\} 1$/m);
    assert.match(text, /^gatehouse_quota_allocations_total\{outcome="allowed"\} 1$/m);
  });
});
