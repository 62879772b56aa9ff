import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../core/manual-clock.ts';
import { Secret } from '../core/secret.ts';
import { CheckError_Code } from '../gen/google/api/servicecontrol/v1/check_error_pb.ts';
import { espV1ServiceControl } from './dialects/esp-v1.ts';
import { espV2ServiceControl } from './dialects/esp-v2.ts';
import {
  createRemoteServiceController,
  type RemoteServiceController,
  type RemoteServiceControllerOptions,
} from './remote-service-controller.ts';
import type { CheckRequest } from './service-controller.ts';
import { startFakeServiceControl, type FakeServiceControl } from './testing/fake-service-control.ts';
import { sampleRecord, sampleService } from './testing/sample-service.ts';
import { createStaticTokenSource } from './tokens/static-token-source.ts';

const request: CheckRequest = {
  operationName: 'example.Bookstore.ListShelves',
  apiKey: 'key-1',
  callerIp: '203.0.113.7',
  referer: '',
  androidPackageName: '',
  androidCertFingerprint: '',
  iosBundleId: '',
};
const quotaRequest = {
  operationName: request.operationName,
  apiKey: 'key-1',
  metricCosts: [['reads', 2]],
  callerIp: '203.0.113.7',
  referer: '',
} as const;

describe('createRemoteServiceController', () => {
  let server: FakeServiceControl;
  const controllers: RemoteServiceController[] = [];

  beforeEach(async () => {
    server = await startFakeServiceControl();
  });
  afterEach(async () => {
    await server.close();
    await Promise.all(controllers.splice(0).map((controller) => controller.close()));
  });

  function start(
    options: Partial<RemoteServiceControllerOptions> = {},
    deps: { clock?: ManualClock; token?: string; onRolloutId?: (id: string) => void } = {},
  ): RemoteServiceController {
    const { token = 'access-token', ...rest } = deps;
    const controller = createRemoteServiceController(
      {
        dialect: espV2ServiceControl,
        url: server.url,
        service: sampleService(),
        closeTimeoutMs: 50,
        ...options,
      },
      { tokens: createStaticTokenSource(new Secret(token)), ...rest },
    );
    controllers.push(controller);
    return controller;
  }

  it('reports one backend protocol for a whole config where it is told one', async () => {
    const controller = start({ backendProtocol: (service) => (service.id === 'r2' ? 'grpc' : 'http') });
    controller.forConfig(sampleService('r1')).report(sampleRecord({ backendProtocol: 'grpc' }));
    controller.forConfig(sampleService('r2')).report(sampleRecord({ backendProtocol: '' }));
    controller.flush();
    await server.callCount(2);
    const labels = server.reports.map((report) => report.operations[0]?.labels);
    assert.deepEqual(
      labels.map((each) => each?.['servicecontrol.googleapis.com/backend_protocol']),
      [undefined, 'grpc'],
    );
  });

  it('asks once and answers the same check from memory, synchronously', async () => {
    const controller = start();
    const first = await controller.check(request);
    const second = controller.check(request);
    assert.deepEqual(first, {
      kind: 'allowed',
      failedOpen: false,
      consumer: { projectNumber: '123456', type: 'PROJECT', consumerNumber: '123456', apiKeyUid: '' },
    });
    assert.equal(second, first);
    assert.equal(server.calls.length, 1);
  });

  it('sends protobuf with a bearer token to the service named in the path', async () => {
    await start().check(request);
    const [call] = server.calls;
    assert.equal(call?.path, '/v1/services/bookstore.endpoints.example.cloud.goog:check');
    assert.equal(call?.headers['content-type'], 'application/x-protobuf');
    assert.equal(call?.headers.authorization, 'Bearer access-token');
    assert.equal(call?.headers['content-length'], String(call?.bytes));
  });

  it('gives the first check error by its name', async () => {
    server.checkAnswer = {
      checkErrors: [
        { code: CheckError_Code.API_KEY_INVALID, detail: 'for the producer' },
        { code: CheckError_Code.PROJECT_DELETED },
      ],
    };
    const outcome = await start().check(request);
    assert.equal(outcome.kind === 'denied' && outcome.code, 'API_KEY_INVALID');
  });

  it('gives an unknown check error by its number', async () => {
    server.checkAnswer = { checkErrors: [{ code: 999 as typeof CheckError_Code.NOT_FOUND }] };
    const outcome = await start().check(request);
    assert.equal(outcome.kind === 'denied' && outcome.code, '999');
  });

  it('passes while a backend of service control is down, if the network policy is open', async () => {
    server.checkAnswer = { checkErrors: [{ code: CheckError_Code.SERVICE_STATUS_UNAVAILABLE }] };
    const outcome = await start().check(request);
    assert.equal(outcome.kind === 'allowed' && outcome.failedOpen, true);
  });

  it('denies while a backend of service control is down, if the network policy is closed', async () => {
    server.checkAnswer = { checkErrors: [{ code: CheckError_Code.SERVICE_STATUS_UNAVAILABLE }] };
    const outcome = await start({ isNetworkFailOpen: false }).check(request);
    assert.equal(outcome.kind === 'denied' && outcome.code, 'SERVICE_STATUS_UNAVAILABLE');
  });

  it('passes while a backend of service control is down under v1, whatever the policy', async () => {
    server.checkAnswer = { checkErrors: [{ code: CheckError_Code.BILLING_STATUS_UNAVAILABLE }] };
    const outcome = await start({ dialect: espV1ServiceControl, isNetworkFailOpen: false }).check(request);
    assert.equal(outcome.kind === 'allowed' && outcome.failedOpen, true);
  });

  const failures = [
    {
      name: 'v2, 503 closed',
      dialect: espV2ServiceControl,
      fault: { status: 503, body: 'down' },
      open: false,
      calls: 4,
      expect: { httpStatus: 503, reason: 'status', message: 'down' },
    },
    {
      name: 'v2, 503 open',
      dialect: espV2ServiceControl,
      fault: { status: 503 },
      open: true,
      calls: 4,
      expect: 'open',
    },
    {
      name: 'v2, 500 open',
      dialect: espV2ServiceControl,
      fault: { status: 500, body: 'x' },
      open: true,
      calls: 4,
      expect: { httpStatus: 500, reason: 'status', message: 'x' },
    },
    {
      name: 'v2, 403 open',
      dialect: espV2ServiceControl,
      fault: { status: 403, body: 'no' },
      open: true,
      calls: 1,
      expect: { httpStatus: 403, reason: 'status', message: 'no' },
    },
    {
      name: 'v2, 429 open',
      dialect: espV2ServiceControl,
      fault: { status: 429 },
      open: true,
      calls: 1,
      expect: 'open',
    },
    {
      name: 'v2, reset closed',
      dialect: espV2ServiceControl,
      fault: 'reset' as const,
      open: false,
      calls: 4,
      expect: { httpStatus: 0, reason: 'reset' },
    },
    {
      name: 'v2, garbage open',
      dialect: espV2ServiceControl,
      fault: 'garbage' as const,
      open: true,
      calls: 1,
      expect: { httpStatus: 200, reason: 'malformed', message: 'Invalid response' },
    },
    {
      name: 'v2, silence closed',
      dialect: espV2ServiceControl,
      fault: 'silence' as const,
      open: false,
      calls: 4,
      expect: { httpStatus: 0, reason: 'timeout', message: 'upstream request timeout' },
    },
    {
      name: 'v1, 500 open',
      dialect: espV1ServiceControl,
      fault: { status: 500 },
      open: true,
      calls: 1,
      expect: 'open',
    },
    {
      name: 'v1, 503 closed',
      dialect: espV1ServiceControl,
      fault: { status: 503 },
      open: false,
      calls: 1,
      expect: {
        httpStatus: 503,
        reason: 'status',
        message: 'Service control request failed with HTTP response code 503',
      },
    },
    {
      name: 'v1, 403 open',
      dialect: espV1ServiceControl,
      fault: { status: 403, body: 'no' },
      open: true,
      calls: 1,
      expect: { httpStatus: 403, reason: 'status', message: 'no' },
    },
    {
      name: 'v1, reset closed',
      dialect: espV1ServiceControl,
      fault: 'reset' as const,
      open: false,
      calls: 4,
      expect: { httpStatus: 0, reason: 'reset', message: 'Failed to connect to service control' },
    },
    {
      name: 'v1, garbage open',
      dialect: espV1ServiceControl,
      fault: 'garbage' as const,
      open: true,
      calls: 1,
      expect: { httpStatus: 200, reason: 'malformed', message: 'Invalid response' },
    },
  ];
  for (const row of failures) {
    it(`turns a failed check into its outcome after its retries: ${row.name}`, async () => {
      server.misbehave = () => row.fault;
      const controller = start({
        dialect: row.dialect,
        isNetworkFailOpen: row.open,
        calls: { check: { timeoutMs: row.fault === 'silence' ? 40 : 2000 } },
      });
      const outcome = await controller.check(request);
      if (row.expect === 'open') {
        assert.equal(outcome.kind === 'allowed' && outcome.failedOpen, true);
      } else {
        assert.equal(outcome.kind, 'unavailable');
        for (const [key, value] of Object.entries(row.expect))
          assert.equal((outcome as unknown as Record<string, unknown>)[key], value);
      }
      assert.equal(server.calls.length, row.calls);
    });
  }

  it('reports a refused connection as such', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    const outcome = await start({ url: `http://127.0.0.1:${port}`, isNetworkFailOpen: false }).check(request);
    assert.equal(outcome.kind === 'unavailable' && outcome.reason, 'refused');
  });

  it('does not store a failure', async () => {
    server.misbehave = () => ({ status: 403 });
    const controller = start();
    await controller.check(request);
    server.misbehave = () => undefined;
    assert.equal((await controller.check(request)).kind, 'allowed');
  });

  it('recovers within the retries', async () => {
    let left = 3;
    server.misbehave = () => (left-- > 0 ? { status: 503 } : undefined);
    assert.equal((await start({ isNetworkFailOpen: false }).check(request)).kind, 'allowed');
    assert.equal(server.calls.length, 4);
  });

  it('fails locally without an access token, even when the policy is open', async () => {
    const outcome = await start({}, { token: '' }).check(request);
    assert.deepEqual(outcome, {
      kind: 'unavailable',
      httpStatus: 0,
      reason: 'token',
      message: 'Missing access token for service control call',
    });
    assert.equal(server.calls.length, 0);
  });

  it('grants the first request of a quota key and denies after a negative answer', async () => {
    server.quotaAnswer = { allocateErrors: [{ code: 8, description: 'no more reads' }] };
    const controller = start();
    assert.deepEqual(controller.allocateQuota(quotaRequest), { kind: 'allowed' });
    await server.callCount(1);
    await settled(() => {
      const outcome = controller.allocateQuota(quotaRequest);
      return !(outcome instanceof Promise) && outcome.kind === 'denied';
    });
    assert.deepEqual(controller.allocateQuota(quotaRequest), {
      kind: 'denied',
      code: 'RESOURCE_EXHAUSTED',
      description: 'no more reads',
    });
  });

  it('grants when allocateQuota fails, after one retry', async () => {
    server.misbehave = () => ({ status: 500 });
    const controller = start();
    controller.allocateQuota(quotaRequest);
    await server.callCount(2);
    assert.deepEqual(controller.allocateQuota(quotaRequest), { kind: 'allowed' });
  });

  it('sends ten equal requests as one report with ten log entries', async () => {
    const clock = new ManualClock();
    const controller = start({}, { clock });
    for (let i = 0; i < 10; i++) controller.report(sampleRecord());
    clock.advance(1000);
    await server.callCount(1);
    await settled(() => server.reports.length === 1);
    const operations = server.reports[0]?.operations ?? [];
    assert.equal(operations.length, 2);
    assert.equal(operations[0]?.logEntries.length, 10);
    assert.equal(operations[1]?.operationId, `${operations[0]?.operationId}1`);
  });

  it('delivers the last reports when it closes', async () => {
    const controller = start({ closeTimeoutMs: 2000 });
    controller.report(sampleRecord());
    await controller.close();
    assert.equal(server.reports.length, 1);
  });

  it('tells every rollout id that an answer carries', async () => {
    const ids: string[] = [];
    const controller = start({ closeTimeoutMs: 2000 }, { onRolloutId: (id) => ids.push(id) });
    controller.report(sampleRecord());
    await controller.close();
    assert.deepEqual(ids, ['test-rollout-id']);
  });

  it('asks for the rollout with an empty report every interval', async () => {
    const clock = new ManualClock();
    const ids: string[] = [];
    start({ rolloutProbeIntervalMs: 60_000 }, { clock, onRolloutId: (id) => ids.push(id) });
    clock.advance(60_000);
    await settled(() => ids.length === 1);
    assert.deepEqual([server.calls[0]?.bytes, ids], [0, ['test-rollout-id']]);
  });

  it('keeps a report through an outage and delivers it afterwards', async () => {
    const clock = new ManualClock();
    server.misbehave = () => ({ status: 503 });
    const controller = start({ calls: { report: { retries: 0 } } }, { clock });
    controller.report(sampleRecord());
    clock.advance(1000);
    await settled(() => controller.counters.failedReports === 1);
    server.misbehave = () => undefined;
    clock.advance(5000);
    await settled(() => server.reports.length === 1);
    assert.equal(controller.counters.droppedReports, 0);
  });

  it('drops a report that is refused and counts its operations', async () => {
    const clock = new ManualClock();
    server.misbehave = () => ({ status: 403 });
    const controller = start({}, { clock });
    controller.report(sampleRecord());
    clock.advance(1000);
    await settled(() => controller.counters.droppedReports > 0);
    assert.deepEqual([controller.counters.droppedReports, server.calls.length], [2, 1]);
  });

  it('speaks for another config with the same cache', async () => {
    const controller = start();
    const other = controller.forConfig(sampleService('2026-01-02r0'));
    await other.check(request);
    assert.equal(server.checks[0]?.serviceConfigId, '2026-01-02r0');
    assert.equal(controller.check(request) instanceof Promise, false);
  });

  it('counts what it does', async () => {
    const controller = start();
    await controller.check(request);
    await controller.check(request);
    controller.report(sampleRecord());
    const { totalCalledChecks, sendChecksInFlight, totalCalledReports } = controller.counters;
    assert.deepEqual([totalCalledChecks, sendChecksInFlight, totalCalledReports], [2, 1, 1]);
  });
});

/** Waits, turn by turn of the event loop, until `isTrue`; fails after two seconds. */
async function settled(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 2000;
  while (!isTrue()) {
    if (Date.now() > deadlineMs) assert.fail('never came true');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
