import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '../../core/manual-clock.ts';
import { Secret } from '../../core/secret.ts';
import { espV2ServiceControl } from '../../service-control/dialects/esp-v2.ts';
import {
  createRemoteServiceController,
  type RemoteServiceController,
} from '../../service-control/remote-service-controller.ts';
import { sampleRecord, sampleService } from '../../service-control/testing/sample-service.ts';
import { createStaticTokenSource } from '../../service-control/tokens/static-token-source.ts';
import { openStore } from '../../store/open-store.ts';
import { testFolder } from '../../store/test-stores.ts';
import { usageStepsMs } from '../../store/usage.ts';
import { configId, keyString, operationName, rolloutId } from './testing/control-fixture.ts';

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
