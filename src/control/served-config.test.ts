import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { RolloutSchema } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { servedConfigId } from './served-config.ts';

function split(percentages: Record<string, number>) {
  return create(RolloutSchema, { strategy: { case: 'trafficPercentStrategy', value: { percentages } } });
}

describe('servedConfigId', () => {
  it('is the config with the largest share', () => {
    assert.equal(servedConfigId(split({ a: 20, b: 50, c: 30 })), 'b');
  });

  it('is the first of equal shares', () => {
    assert.equal(servedConfigId(split({ b: 50, a: 50 })), 'b');
  });

  for (const [fact, rollout] of [
    ['without a rollout', undefined],
    [
      'for a rollout that deletes the service',
      create(RolloutSchema, { strategy: { case: 'deleteServiceStrategy', value: {} } }),
    ],
    ['for a split among nobody', split({})],
  ] as const)
    it(`is undefined ${fact}`, () => assert.equal(servedConfigId(rollout), undefined));
});
