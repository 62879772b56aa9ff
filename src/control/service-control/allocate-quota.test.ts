import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  QuotaError_Code,
  QuotaOperation_QuotaMode as Mode,
  type AllocateQuotaRequestSchema,
} from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import { usageStepsMs } from '../../store/usage.ts';
import { configId, keyString, openControl, operationName, serviceName } from './testing/control-fixture.ts';

type Request = MessageInitShape<typeof AllocateQuotaRequestSchema>;

function ask(
  cost: number,
  quotaMode: Mode = Mode.NORMAL,
  consumerId = `api_key:${keyString}`,
  metricName = 'reads',
): Request {
  return {
    serviceName,
    allocateOperation: {
      operationId: 'op-1',
      methodName: operationName,
      consumerId,
      quotaMode,
      quotaMetrics: [{ metricName, metricValues: [{ value: { case: 'int64Value', value: BigInt(cost) } }] }],
    },
  };
}

describe('allocateQuota', () => {
  it('grants up to the limit and then denies with a description for the caller', async (context) => {
    const control = await openControl(context);
    assert.deepEqual((await control.allocateQuota(ask(10))).allocateErrors, []);
    const { allocateErrors, operationId, serviceConfigId } = await control.allocateQuota(ask(1));
    assert.deepEqual(
      [
        allocateErrors.length,
        allocateErrors[0]?.code,
        allocateErrors[0]?.subject,
        operationId,
        serviceConfigId,
      ],
      [1, QuotaError_Code.RESOURCE_EXHAUSTED, 'project_number:1002', 'op-1', configId],
    );
    assert.equal(
      allocateErrors[0]?.description,
      `Quota exceeded for quota metric 'reads' and limit 'read-limit' of service '${serviceName}' for consumer 'project_number:1002'.`,
    );
  });

  it('starts afresh with the minute, and not a millisecond before', async (context) => {
    const control = await openControl(context);
    await control.allocateQuota(ask(10));
    control.clock.advance(59_999);
    assert.equal((await control.allocateQuota(ask(1))).allocateErrors.length, 1);
    control.clock.advance(1);
    assert.equal((await control.allocateQuota(ask(1))).allocateErrors.length, 0);
  });

  it('counts all keys and spellings of a project together', async (context) => {
    const control = await openControl(context);
    await control.allocateQuota(ask(6));
    await control.allocateQuota(ask(4, Mode.NORMAL, 'project:consumer'));
    assert.equal(
      (await control.allocateQuota(ask(1, Mode.NORMAL, 'projects/1002'))).allocateErrors.length,
      1,
    );
    assert.equal((await control.allocateQuota(ask(1, Mode.NORMAL, 'project:idle'))).allocateErrors.length, 0);
  });

  it('grants exactly the limit to callers that ask at once', async (context) => {
    const control = await openControl(context);
    const answers = await Promise.all(Array.from({ length: 40 }, () => control.allocateQuota(ask(1))));
    assert.equal(answers.filter(({ allocateErrors }) => allocateErrors.length === 0).length, 10);
  });

  it('takes what is left and denies all the same, under BEST_EFFORT', async (context) => {
    const control = await openControl(context);
    await control.allocateQuota(ask(7));
    const { allocateErrors, quotaMetrics } = await control.allocateQuota(ask(5, Mode.BEST_EFFORT));
    assert.equal(allocateErrors.length, 1);
    assert.deepEqual(
      quotaMetrics.map(({ metricName, metricValues }) => [metricName, metricValues[0]?.value.value]),
      [
        ['serviceruntime.googleapis.com/api/consumer/quota_used_count', 3n],
        ['serviceruntime.googleapis.com/quota/exceeded', true],
      ],
    );
  });

  it('changes nothing under CHECK_ONLY', async (context) => {
    const control = await openControl(context);
    for (let i = 0; i < 3; i++)
      assert.equal((await control.allocateQuota(ask(10, Mode.CHECK_ONLY))).allocateErrors.length, 0);
    assert.equal((await control.allocateQuota(ask(11, Mode.CHECK_ONLY))).allocateErrors.length, 1);
  });

  it('gives back under ADJUST_ONLY', async (context) => {
    const control = await openControl(context);
    await control.allocateQuota(ask(10));
    await control.allocateQuota(ask(-4, Mode.ADJUST_ONLY));
    assert.equal((await control.allocateQuota(ask(4))).allocateErrors.length, 0);
    assert.equal((await control.allocateQuota(ask(1))).allocateErrors.length, 1);
  });

  it('takes the costs of the method from the config when the request names none', async (context) => {
    const control = await openControl(context);
    const request = ask(1);
    const operation = { ...request.allocateOperation, quotaMetrics: [] };
    // ListShelves costs two reads.
    for (let i = 0; i < 5; i++)
      assert.equal(
        (await control.allocateQuota({ serviceName, allocateOperation: operation })).allocateErrors.length,
        0,
      );
    assert.equal((await control.allocateQuota(ask(1))).allocateErrors.length, 1);
  });

  it('does not limit a metric that has no limit', async (context) => {
    const control = await openControl(context);
    const request = ask(10 ** 9, Mode.NORMAL, 'project:consumer', 'free');
    const { allocateErrors } = await control.allocateQuota(request);
    assert.deepEqual(allocateErrors, []);
  });

  it('adds what was granted to the time series of used quota', async (context) => {
    const control = await openControl(context);
    await control.allocateQuota(ask(7));
    await control.allocateQuota(ask(7, Mode.BEST_EFFORT));
    await control.allocateQuota(ask(7));
    const range = { stepMs: usageStepsMs.minute, fromMs: 0, untilMs: control.clock.nowMs() + 1 };
    const [series, ...others] = await control.store.usage.query(range);
    assert.equal(others.length, 0);
    assert.partialDeepStrictEqual(series, {
      metric: 'serviceruntime.googleapis.com/api/consumer/quota_used_count',
      consumerProject: '1002',
      method: operationName,
      labels: { '/quota_group_name': 'reads', '/credential_id': 'apikey:key-uid' },
    });
    assert.deepEqual(series?.points[0]?.value, { kind: 'int64', value: 10n });
  });

  it('honours overrides', async (context) => {
    const control = await openControl(context);
    await control.store.quota.putOverride({
      overrideId: 'o',
      kind: 'producer',
      serviceName,
      projectNumber: '1002',
      metric: 'reads',
      unit: '1/min/{project}',
      value: 2n,
      createdAtMs: 1,
    });
    assert.equal((await control.allocateQuota(ask(2))).allocateErrors.length, 0);
    assert.equal((await control.allocateQuota(ask(1))).allocateErrors.length, 1);
  });

  for (const [consumerId, code] of [
    ['api_key:nonsense', QuotaError_Code.API_KEY_INVALID],
    ['project:nobody', QuotaError_Code.PROJECT_DELETED],
  ] as const)
    it(`denies ${consumerId}`, async (context) => {
      const control = await openControl(context);
      const { allocateErrors } = await control.allocateQuota(ask(1, Mode.NORMAL, consumerId));
      assert.equal(allocateErrors[0]?.code, code);
      assert.equal(allocateErrors[0]?.description.includes('nonsense'), false);
    });

  for (const [name, request] of [
    ['no operation', { serviceName }],
    ['no mode', ask(1, Mode.UNSPECIFIED)],
    ['an unknown mode', ask(1, 77 as Mode)],
    ['a negative cost', ask(-1)],
    ['no consumer', ask(1, Mode.NORMAL, '')],
  ] as const)
    it(`refuses ${name}`, async (context) => {
      const control = await openControl(context);
      await assert.rejects(control.allocateQuota(request), { code: RpcCode.INVALID_ARGUMENT });
    });

  it('asks for permission first', async (context) => {
    const control = await openControl(context);
    control.denied.add('servicemanagement.services.quota');
    await assert.rejects(control.allocateQuota({ serviceName }), { code: RpcCode.PERMISSION_DENIED });
  });
});
