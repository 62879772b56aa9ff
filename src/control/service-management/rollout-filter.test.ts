import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RpcCode } from '../../core/status.ts';
import { Rollout_RolloutStatus } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { parseRolloutFilter } from './rollout-filter.ts';

describe('parseRolloutFilter', () => {
  for (const [text, expected] of [
    ['', {}],
    ['status=SUCCESS', { status: Rollout_RolloutStatus.SUCCESS }],
    ["status = 'FAILED_ROLLED_BACK'", { status: Rollout_RolloutStatus.FAILED_ROLLED_BACK }],
    ["strategy='TrafficPercentStrategy'", { strategy: 'trafficPercentStrategy' }],
    [
      'strategy="DeleteServiceStrategy" AND status=PENDING',
      { strategy: 'deleteServiceStrategy', status: Rollout_RolloutStatus.PENDING },
    ],
  ] as const)
    it(`reads ${text || 'nothing'}`, () => assert.deepEqual(parseRolloutFilter(text), expected));

  for (const text of [
    'status',
    'status=DONE',
    'strategy=Other',
    'color=red',
    'status=SUCCESS OR status=FAILED',
  ])
    it(`refuses ${text}`, () =>
      assert.throws(
        () => parseRolloutFilter(text),
        (error) => error instanceof RpcError && error.code === RpcCode.INVALID_ARGUMENT,
      ));
});
