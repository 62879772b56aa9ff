import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QuotaCounterKey, QuotaOverrideRecord } from './quota.ts';
import { forEachStore } from './test-stores.ts';

const key: QuotaCounterKey = {
  serviceName: 's',
  projectNumber: '1',
  metric: 'reads',
  windowMs: 60_000,
  windowStartMs: 120_000,
};
const override: QuotaOverrideRecord = {
  overrideId: 'o1',
  kind: 'producer',
  serviceName: 's',
  projectNumber: '1',
  metric: 'reads',
  unit: '1/min/{project}',
  value: 5n,
  createdAtMs: 1,
};

forEachStore('quota', (open) => {
  test('counts from zero', async (context) => {
    const { quota } = await open(context);
    assert.equal(await quota.spent(key), 0);
  });

  test('adds up what is spent', async (context) => {
    const { quota } = await open(context);
    await quota.spend(key, 3);
    await quota.spend(key, 4);
    assert.equal(await quota.spent(key), 7);
  });

  test('never falls below zero', async (context) => {
    const { quota } = await open(context);
    await quota.spend(key, 3);
    await quota.spend(key, -10);
    assert.equal(await quota.spent(key), 0);
  });

  for (const change of [
    { serviceName: 'other' },
    { projectNumber: '2' },
    { metric: 'writes' },
    { windowMs: 3_600_000 },
    { windowStartMs: 180_000 },
  ])
    test(`counts apart by ${Object.keys(change)[0]}`, async (context) => {
      const { quota } = await open(context);
      await quota.spend(key, 3);
      assert.equal(await quota.spent({ ...key, ...change }), 0);
    });

  test('loses no spending to concurrency', async (context) => {
    const store = await open(context);
    const spendOne = () =>
      store.transaction(async (tx) => {
        const spent = await tx.quota.spent(key);
        if (spent < 10) await tx.quota.spend(key, 1);
        return spent < 10;
      });
    const granted = await Promise.all(Array.from({ length: 30 }, spendOne));
    assert.equal(granted.filter(Boolean).length, 10);
  });

  test('forgets old windows', async (context) => {
    const { quota } = await open(context);
    await quota.spend(key, 1);
    await quota.spend({ ...key, windowStartMs: 180_000 }, 1);
    assert.equal(await quota.pruneCounters(180_000), 1);
    assert.equal(await quota.spent({ ...key, windowStartMs: 180_000 }), 1);
  });

  test('keeps one override of each kind', async (context) => {
    const { quota } = await open(context);
    await quota.putOverride(override);
    await quota.putOverride({ ...override, kind: 'consumer', value: -1n });
    await quota.putOverride({ ...override, overrideId: 'o2', value: 2n ** 60n });
    assert.deepEqual(await quota.listOverrides('s', '1'), [
      { ...override, kind: 'consumer', value: -1n },
      { ...override, overrideId: 'o2', value: 2n ** 60n },
    ]);
  });

  test('deletes an override once', async (context) => {
    const { quota } = await open(context);
    await quota.putOverride(override);
    assert.deepEqual(
      [await quota.deleteOverride(override), await quota.deleteOverride(override)],
      [true, false],
    );
  });
});
