import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckOutcome } from '../../service-control/service-controller.ts';
import { createEspV1Dialect } from '../dialects/esp-v1/dialect.ts';
import { anyConsumer } from '../pipeline/testing/fake-controller.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';

const keyed = { method: { allowUnregisteredCalls: false } };
const target = '/echo?key=abc';

const denied = (code: string): CheckOutcome => ({
  kind: 'denied',
  code,
  detail: 'secret detail',
  consumer: anyConsumer,
});

describe('createCheck', () => {
  it('tells Check what restricts a key', () => {
    const { send, controller } = createTestGateway(keyed);
    send({
      target,
      headers: [
        'x-android-package',
        'com.example',
        'x-android-cert',
        'AA:BB',
        'x-ios-bundle-identifier',
        'com.example.ios',
      ],
    });
    assert.deepEqual(controller.checks[0], {
      operationName: '1.test.Echo',
      apiKey: 'abc',
      callerIp: '127.0.0.1',
      referer: '',
      androidPackageName: 'com.example',
      androidCertFingerprint: 'AA:BB',
      iosBundleId: 'com.example.ios',
    });
  });

  for (const [code, state] of [
    ['API_KEY_INVALID', 'INVALID'],
    ['API_KEY_EXPIRED', 'INVALID'],
    ['API_KEY_NOT_FOUND', 'INVALID'],
    ['SERVICE_NOT_ACTIVATED', 'NOT_ENABLED'],
    ['REFERER_BLOCKED', 'VERIFIED'],
    ['SERVICE_STATUS_UNAVAILABLE', 'NOT_CHECKED'],
  ] as const)
    it(`reports the key as ${state} after ${code}`, () => {
      const { send, controller, cluster } = createTestGateway(keyed);
      controller.checkOutcome = denied(code);
      const stream = send({ target });
      assert.ok((stream.head?.status ?? 0) >= 400);
      assert.doesNotMatch(stream.body, /secret detail/);
      assert.equal(cluster.requests.length, 0);
      const report = controller.reports[0];
      assert.equal(report?.apiKeyState, state);
      assert.equal(report?.responseCodeDetails, `service_control_check_error{${code}}`);
      assert.doesNotMatch(report?.errorMessage ?? '', /^[A-Z_]+: /);
    });

  it('forwards without a verdict when the controller failed open', () => {
    const { send, controller, cluster } = createTestGateway(keyed);
    controller.checkOutcome = { kind: 'allowed', consumer: anyConsumer, failedOpen: true };
    send({ target });
    cluster.last.respond(200);
    assert.equal(controller.reports[0]?.apiKeyState, 'NOT_CHECKED');
    assert.equal(controller.reports[0]?.statusCode, 0);
  });

  it('refuses when Service Control cannot be asked', () => {
    const { send, controller } = createTestGateway(keyed);
    controller.checkOutcome = { kind: 'unavailable', httpStatus: 503, message: 'gone', reason: 'status' };
    assert.equal(send({ target }).head?.status, 503);
    assert.equal(
      controller.reports[0]?.responseCodeDetails,
      'service_control_check_network_failure{UNAVAILABLE}',
    );
  });

  it('asks for no quota after a denial', () => {
    const { send, controller } = createTestGateway({
      method: { allowUnregisteredCalls: false, metricCosts: [['m', 1]] },
    });
    controller.checkOutcome = denied('API_KEY_INVALID');
    send({ target });
    assert.equal(controller.quotas.length, 0);
  });

  it('asks nothing for operations that skip Service Control', () => {
    const { send, controller, cluster } = createTestGateway({
      method: { allowUnregisteredCalls: false, skipServiceControl: true, metricCosts: [['m', 1]] },
    });
    send();
    cluster.last.respond(200);
    assert.deepEqual([controller.checks, controller.quotas, controller.reports], [[], [], []]);
  });

  it('counts outcomes', () => {
    const outcomes: string[] = [];
    const { send, controller } = createTestGateway({
      ...keyed,
      options: { onCheck: (outcome) => outcomes.push(outcome) },
    });
    send({ target });
    controller.checkOutcome = denied('REFERER_BLOCKED');
    send({ target });
    controller.checkOutcome = { kind: 'allowed', consumer: anyConsumer, failedOpen: true };
    send({ target });
    assert.deepEqual(outcomes, ['allowed', 'REFERER_BLOCKED', 'allowed_fail_open']);
  });
});

describe('createAllocateQuota', () => {
  const costed = { method: { metricCosts: [['read', 2]] as const } };

  it('takes the costs of the operation from whoever calls', () => {
    const { send, controller, cluster } = createTestGateway(costed);
    send({ target });
    assert.deepEqual(controller.quotas, [
      {
        operationName: '1.test.Echo',
        apiKey: 'abc',
        metricCosts: [['read', 2]],
        callerIp: '127.0.0.1',
        referer: '',
      },
    ]);
    assert.equal(cluster.requests.length, 1);
  });

  it('answers 429 when the quota is used up', () => {
    const { send, controller, cluster } = createTestGateway(costed);
    controller.quotaOutcome = { kind: 'denied', code: 'RESOURCE_EXHAUSTED', description: 'too many' };
    const stream = send();
    assert.equal(stream.head?.status, 429);
    assert.equal(stream.body, '{"code":429,"message":"RESOURCE_EXHAUSTED: too many"}\n');
    assert.equal(cluster.requests.length, 0);
    assert.equal(controller.reports[0]?.statusCode, 8);
  });

  for (const dialect of [undefined, createEspV1Dialect()])
    it(`grants what cannot be asked in ${dialect?.name ?? 'esp-v2'}`, () => {
      const { send, controller, cluster } = createTestGateway({
        ...costed,
        ...(dialect && { dialect }),
      });
      controller.quotaOutcome = { kind: 'unavailable', httpStatus: 503, message: 'gone' };
      send();
      assert.equal(cluster.requests.length, 1);
    });
});
