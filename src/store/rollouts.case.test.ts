import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import {
  Rollout_DeleteServiceStrategySchema,
  Rollout_RolloutStatus,
  Rollout_TrafficPercentStrategySchema,
  RolloutSchema,
} from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { RolloutRecord } from './rollouts.ts';
import type { Store } from './store.ts';
import { forEachStore } from './test-stores.ts';

const serviceName = 'a.example';
const { SUCCESS, FAILED } = Rollout_RolloutStatus;

forEachStore('rollouts', (open) => {
  test('gives back what was kept and refuses an id that is taken', async (context) => {
    const { rollouts } = await withService(await open(context));
    assert.equal(await rollouts.insert(rollout('r1')), true);
    assert.deepEqual(await rollouts.get(serviceName, 'r1'), rollout('r1'));
    assert.equal(await rollouts.insert(rollout('r1')), false);
    assert.equal(await rollouts.get(serviceName, 'r2'), undefined);
  });

  test('calls the newest success active', async (context) => {
    const { rollouts } = await withService(await open(context));
    assert.equal(await rollouts.active(serviceName), undefined);
    await rollouts.insert(rollout('r1'));
    await rollouts.insert(rollout('r2', 'deleteServiceStrategy'));
    await rollouts.insert(rollout('r3', 'trafficPercentStrategy', FAILED));
    assert.equal((await rollouts.active(serviceName))?.rolloutId, 'r2');
  });

  test('lists the newest first, by status and strategy', async (context) => {
    const { rollouts } = await withService(await open(context));
    await rollouts.insert(rollout('r1'));
    await rollouts.insert(rollout('r2', 'trafficPercentStrategy', FAILED));
    await rollouts.insert(rollout('r3', 'deleteServiceStrategy'));
    const first = await rollouts.list(serviceName, { limit: 2 });
    assert.deepEqual(ids(first.records), ['r3', 'r2']);
    assert.ok(first.next !== undefined);
    assert.deepEqual(ids((await rollouts.list(serviceName, { limit: 2, after: first.next })).records), [
      'r1',
    ]);
    assert.deepEqual(ids((await rollouts.list(serviceName, { limit: 9, status: SUCCESS })).records), [
      'r3',
      'r1',
    ]);
    assert.deepEqual(
      ids((await rollouts.list(serviceName, { limit: 9, strategy: 'trafficPercentStrategy' })).records),
      ['r2', 'r1'],
    );
  });

  test('counts the ids of a day from 0', async (context) => {
    const { rollouts } = await withService(await open(context));
    assert.equal(await rollouts.nextCounter(serviceName, '2026-01-31'), 0);
    await rollouts.insert(rollout('2026-01-31r0'));
    assert.equal(await rollouts.nextCounter(serviceName, '2026-01-31'), 1);
  });

  test('prunes all but the newest and the newest that succeeded', async (context) => {
    const { rollouts } = await withService(await open(context));
    for (const id of ['r1', 'r2']) await rollouts.insert(rollout(id));
    for (const id of ['r3', 'r4', 'r5']) await rollouts.insert(rollout(id, 'trafficPercentStrategy', FAILED));
    assert.equal(await rollouts.prune(serviceName, 2, 1), 2);
    assert.deepEqual(ids((await rollouts.list(serviceName, { limit: 9 })).records), ['r5', 'r4', 'r2']);
  });
});

async function withService(store: Store): Promise<Store> {
  await store.managedServices.insert({ serviceName, producerProjectId: 'p', createdAtMs: 5 });
  return store;
}

function rollout(
  rolloutId: string,
  strategy: 'trafficPercentStrategy' | 'deleteServiceStrategy' = 'trafficPercentStrategy',
  status: Rollout_RolloutStatus = SUCCESS,
): RolloutRecord {
  return {
    serviceName,
    rolloutId,
    createdAtMs: 5,
    rollout: create(RolloutSchema, {
      rolloutId,
      status,
      strategy:
        strategy === 'deleteServiceStrategy'
          ? { case: strategy, value: create(Rollout_DeleteServiceStrategySchema) }
          : {
              case: strategy,
              value: create(Rollout_TrafficPercentStrategySchema, { percentages: { c1: 100 } }),
            },
    }),
  };
}

function ids(records: readonly RolloutRecord[]): string[] {
  return records.map((record) => record.rolloutId);
}
