import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../../core/secret.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { MetricRegistry } from '../../telemetry/metrics.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { createAdminServer } from './admin-server.ts';
import type { AdminServer } from './admin-server.ts';
import { answerAdmin } from './admin-routes.ts';
import type { AdminDeps } from './admin-routes.ts';
import { registerConfigMetrics } from './config-metrics.ts';
import { collectStatusFacts } from './status-facts.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

describe('createAdminServer', () => {
  const served = createTestGateway();
  const metrics = new MetricRegistry();
  const logger = createLogger({ sink: () => undefined });
  let admin: AdminServer;
  let drains = 0;

  before(async () => {
    registerConfigMetrics(metrics, served.gateway);
    const deps: AdminDeps = {
      gateway: served.gateway,
      metrics,
      logger,
      version: '1.2.3',
      options: () => ({ token: new Secret('hush'), private_key: 'hush', service: 'echo' }),
      status: () =>
        collectStatusFacts({
          gateway: served.gateway,
          version: '1.2.3',
          startedAtMs: 0,
          connections: () => ({ active: 2, accepted: 5 }),
          counters: () => undefined,
          remoteRolloutCalls: () => 3,
        }),
      drain() {
        drains++;
        served.gateway.drain();
      },
    };
    admin = await createAdminServer((request) => answerAdmin(deps, request), { port: 0 }, logger);
  });

  after(() => admin.close());

  function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: admin.port, path, method, headers, agent: false });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            body,
          }),
        );
      });
      sent.end();
    });
  }

  for (const path of ['/healthz', '/livez', '/readyz', '/ready'])
    it(`answers ${path}`, async () => {
      assert.deepEqual(await ask(path), {
        status: 200,
        type: 'text/plain; charset=utf-8',
        body: 'ok\n',
      });
    });

  it('shows the metrics', async () => {
    const { type, body } = await ask('/metrics');
    assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(
      body,
      /gatehouse_config_info\{service="echo.example.com",config_id="2026-01-01r0",rollout_id="2026-01-01r0"\} 100\n/,
    );
  });

  it('dumps what is served without secrets', async () => {
    const { body } = await ask('/config_dump');
    assert.doesNotMatch(body, /hush/);
    const dump = JSON.parse(body);
    assert.deepEqual(dump.options, {
      token: '[redacted]',
      private_key: '[redacted]',
      service: 'echo',
    });
    assert.equal(dump.configs[0].operations[0].selector, '1.test.Echo');
  });

  it('shows the status of ESP v1', async () => {
    const { body } = await ask('/endpoints_status');
    assert.match(body, /^\{\n "server": \{\n {2}"serverVersion": "Gatehouse\/1.2.3",\n/);
    const status = JSON.parse(body);
    assert.equal(status.server.connections.active, '2');
    assert.deepEqual(status.processes[0].espStatus, [
      {
        serviceName: 'echo.example.com',
        serviceControlStatistics: {
          totalCalledChecks: '0',
          sendChecksByFlush: '0',
          sendChecksInFlight: '0',
          totalCalledReports: '0',
          sendReportsByFlush: '0',
          sendReportsInFlight: '0',
          sendReportOperations: '0',
          maxReportSize: '0',
        },
        serviceConfigRollouts: {
          rolloutId: '2026-01-01r0',
          percentages: { '2026-01-01r0': 100 },
          remoteRolloutCalls: '3',
        },
      },
    ]);
  });

  it('refuses other methods for the status in the words of ESP v1', async () => {
    const { status, body } = await ask('/endpoints_status', 'POST');
    assert.equal(status, 405);
    assert.deepEqual(JSON.parse(body), {
      code: 9,
      message: 'METHOD_NOT_ALLOWED',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.DebugInfo', stackEntries: [], detail: 'internal' },
      ],
    });
  });

  it('changes the log level', async () => {
    assert.equal((await ask('/logging?level=warning', 'POST')).body, 'warn\n');
    assert.equal(logger.level, 'warn');
    assert.equal((await ask('/logging?level=loud', 'POST')).status, 400);
    assert.equal(logger.level, 'warn');
  });

  it('refuses requests that a web page has made', async () => {
    const byOrigin = await ask('/drain', 'POST', { origin: 'https://evil.example' });
    const byRebinding = await ask('/config_dump', 'GET', { host: 'evil.example' });
    assert.deepEqual([byOrigin.status, byRebinding.status, drains], [403, 403, 0]);
  });

  it('drains on POST alone', async () => {
    assert.equal((await ask('/drain')).status, 405);
    assert.equal(drains, 0);
    assert.equal((await ask('/drain', 'POST')).status, 200);
    assert.equal(drains, 1);
    assert.deepEqual(await ask('/readyz'), {
      status: 503,
      type: 'text/plain; charset=utf-8',
      body: 'draining\n',
    });
  });

  it('names its pages where there is none', async () => {
    const { status, body } = await ask('/nothing');
    assert.equal(status, 404);
    assert.match(body, /\/metrics/);
  });
});
