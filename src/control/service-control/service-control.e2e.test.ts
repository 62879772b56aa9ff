import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../core/clock.ts';
import { ManualClock } from '../../core/manual-clock.ts';
import { Secret } from '../../core/secret.ts';
import { espV1ServiceControl } from '../../service-control/dialects/esp-v1.ts';
import { espV2ServiceControl } from '../../service-control/dialects/esp-v2.ts';
import {
  createRemoteServiceController,
  type RemoteServiceController,
} from '../../service-control/remote-service-controller.ts';
import { sampleRecord, sampleService } from '../../service-control/testing/sample-service.ts';
import { createJwtBearerTokenSource } from '../../service-control/tokens/jwt-bearer-token-source.ts';
import { createSelfSignedTokenSource } from '../../service-control/tokens/self-signed-token-source.ts';
import { parseServiceAccountKey, type ServiceAccountKey } from '../../core/service-account-key.ts';
import { apiScopes } from '../../service-control/tokens/token-source.ts';
import { createHttpClient } from '../../service-control/transport/http-client.ts';
import { createStaticTokenSource } from '../../service-control/tokens/static-token-source.ts';
import { openStore } from '../../store/open-store.ts';
import { testFolder } from '../../store/test-stores.ts';
import { usageStepsMs } from '../../store/usage.ts';
import { configId, keyString, operationName, rolloutId, serviceName } from './testing/control-fixture.ts';

const script = fileURLToPath(new URL('./testing/control-process.ts', import.meta.url));

/** A control plane in a process of its own; killed at the end of the test at the latest. */
async function startControl(
  context: TestContext,
  folder: string,
  options: { port?: number; dies?: 'never' | 'beforeCommit' | 'afterCommit' } = {},
): Promise<{ url: string; port: number; process: ChildProcess }> {
  const { port: wanted = 0, dies = 'never' } = options;
  const child = spawn(process.execPath, [script, folder, String(wanted), dies], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  return { url: `http://127.0.0.1:${port}`, port, process: child };
}

function connect(
  context: TestContext,
  folder: string,
  url: string,
  clock: ManualClock,
  ids: string[] = [],
): RemoteServiceController {
  const token = new Secret(readFileSync(join(folder, 'owner-token'), 'utf8').trim());
  const controller = createRemoteServiceController(
    {
      dialect: espV2ServiceControl,
      url,
      service: { ...sampleService(configId), producerProjectId: 'producer' },
      isNetworkFailOpen: false,
      calls: { report: { retries: 0 } },
      closeTimeoutMs: 10,
    },
    { tokens: createStaticTokenSource(token), clock, onRolloutId: (id) => ids.push(id) },
  );
  context.after(() => controller.close());
  return controller;
}

/** A service account of the producer with a key, made through the API; `role` is granted on the service. */
async function createAccount(
  folder: string,
  url: string,
  role: string | undefined,
): Promise<ServiceAccountKey> {
  const token = readFileSync(join(folder, 'owner-token'), 'utf8').trim();
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return (await response.json()) as Record<string, string>;
  };
  const account = await post('/v1/projects/producer/serviceAccounts', {
    accountId: 'esp-proxy',
    serviceAccount: {},
  });
  const { privateKeyData = '' } = await post(`/v1/${account['name']}/keys`, {});
  if (role !== undefined) {
    const members = [`serviceAccount:${account['email']}`];
    await post(`/v1/services/${serviceName}:setIamPolicy`, { policy: { bindings: [{ role, members }] } });
  }
  return parseServiceAccountKey(Buffer.from(privateKeyData, 'base64').toString(), 'key.json');
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadlineMs) assert.fail('never came true');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const request = {
  operationName,
  apiKey: keyString,
  callerIp: '192.0.2.1',
  referer: '',
  androidPackageName: '',
  androidCertFingerprint: '',
  iosBundleId: '',
};

describe('a proxy and a control plane', () => {
  it('agree on check, quota and rollout', async (context) => {
    const folder = testFolder(context);
    const { url } = await startControl(context, folder);
    const clock = new ManualClock(Date.now());
    const ids: string[] = [];
    const controller = connect(context, folder, url, clock, ids);
    assert.deepEqual(await controller.check(request), {
      kind: 'allowed',
      failedOpen: false,
      consumer: {
        projectNumber: '1002',
        type: 'PROJECT',
        consumerNumber: '1002',
        apiKeyUid: 'apikey:key-uid',
      },
    });
    const wrong = await controller.check({ ...request, apiKey: 'wrong' });
    assert.equal(wrong.kind === 'denied' && wrong.code, 'API_KEY_INVALID');
    assert.deepEqual(ids, [rolloutId, rolloutId]);

    const quota = {
      operationName,
      apiKey: keyString,
      metricCosts: [['reads', 11]] as const,
      callerIp: '',
      referer: '',
    };
    assert.deepEqual(controller.allocateQuota(quota), { kind: 'allowed' });
    await until(() => {
      const outcome = controller.allocateQuota(quota);
      return !(outcome instanceof Promise) && outcome.kind === 'denied';
    });
  });

  it('agree on the rollout through an empty report', async (context) => {
    const folder = testFolder(context);
    const { url } = await startControl(context, folder);
    const token = new Secret(readFileSync(join(folder, 'owner-token'), 'utf8').trim());
    const clock = new ManualClock(Date.now());
    const ids: string[] = [];
    const controller = createRemoteServiceController(
      { dialect: espV2ServiceControl, url, service: sampleService(configId), rolloutProbeIntervalMs: 60_000 },
      { tokens: createStaticTokenSource(token), clock, onRolloutId: (id) => ids.push(id) },
    );
    context.after(() => controller.close());
    clock.advance(60_000);
    await until(() => ids.length > 0);
    assert.deepEqual(ids, [rolloutId]);
  });

  it('agree on the tokens of a service account, bought and self-signed, and on what it may do', async (context) => {
    const folder = testFolder(context);
    const { url } = await startControl(context, folder);
    const key = await createAccount(folder, url, 'roles/servicemanagement.serviceController');
    const http = createHttpClient(systemClock);
    context.after(() => http.close());
    const bought = createJwtBearerTokenSource(key, [apiScopes.serviceControl], { http, clock: systemClock });
    context.after(() => bought.close());
    for (const [dialect, tokens] of [
      [espV2ServiceControl, bought],
      [espV1ServiceControl, createSelfSignedTokenSource(key, systemClock)],
    ] as const) {
      const service = { ...sampleService(configId), producerProjectId: 'producer' };
      const controller = createRemoteServiceController(
        { dialect, url, service, isNetworkFailOpen: false },
        { tokens },
      );
      context.after(() => controller.close());
      assert.equal((await controller.check(request)).kind, 'allowed');
      const quota = {
        operationName,
        apiKey: keyString,
        metricCosts: [['reads', 1]] as const,
        callerIp: '',
        referer: '',
      };
      await controller.allocateQuota(quota);
      controller.report(sampleRecord({ operationName, apiKey: keyString, endedAtMs: Date.now() }));
      await controller.close();
      const { failedChecks, failedQuotas, failedReports, droppedReports } = controller.counters;
      assert.deepEqual([failedChecks, failedQuotas, failedReports, droppedReports], [0, 0, 0, 0]);
    }
  });

  it('agree that an account without a role may do nothing', async (context) => {
    const folder = testFolder(context);
    const { url } = await startControl(context, folder);
    const key = await createAccount(folder, url, undefined);
    const controller = createRemoteServiceController(
      { dialect: espV1ServiceControl, url, service: sampleService(configId) },
      { tokens: createSelfSignedTokenSource(key, systemClock) },
    );
    context.after(() => controller.close());
    const outcome = await controller.check(request);
    assert.equal(outcome.kind === 'unavailable' && outcome.httpStatus, 403);
  });

  it('agree that a wrong token is refused', async (context) => {
    const folder = testFolder(context);
    const { url } = await startControl(context, folder);
    const controller = createRemoteServiceController(
      { dialect: espV2ServiceControl, url, service: sampleService(configId) },
      { tokens: createStaticTokenSource(new Secret('wrong')) },
    );
    context.after(() => controller.close());
    const outcome = await controller.check(request);
    assert.deepEqual(
      [outcome.kind, outcome.kind === 'unavailable' && outcome.httpStatus],
      ['unavailable', 401],
    );
  });

  for (const dies of ['beforeCommit', 'afterCommit'] as const)
    it(`count every request once when the control plane is killed during a report, ${dies}`, async (context) => {
      const folder = testFolder(context);
      const first = await startControl(context, folder, { dies });
      const clock = new ManualClock(Date.now());
      const controller = connect(context, folder, first.url, clock);
      const endedAtMs = clock.nowMs();
      for (let i = 0; i < 50; i++)
        controller.report(sampleRecord({ operationName, apiKey: keyString, endedAtMs }));
      const exited = once(first.process, 'exit');
      clock.advance(1000);
      await exited;
      await until(() => controller.counters.failedReports === 1);

      const second = await startControl(context, folder, { port: first.port });
      clock.advance(5000);
      await until(
        () => controller.counters.sendReportsInFlight === 0 && controller.counters.sendReportsByFlush === 2,
      );
      assert.equal(controller.counters.failedReports, 1);
      second.process.kill('SIGKILL');
      await once(second.process, 'exit');

      const store = await openStore({ folder });
      context.after(() => store.close());
      const [series] = await store.usage.query({
        stepMs: usageStepsMs.minute,
        fromMs: 0,
        untilMs: endedAtMs + 60_000,
        metric: 'serviceruntime.googleapis.com/api/producer/request_count',
      });
      assert.deepEqual(series?.points[0]?.value, { kind: 'int64', value: 50n });
      const { records } = await store.logs.list({ projectIds: ['producer'] }, { limit: 1000 });
      assert.equal(records.length, 50);
    });
});
