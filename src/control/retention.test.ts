import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ManualClock } from '../core/manual-clock.ts';
import { Secret } from '../core/secret.ts';
import { OperationSchema } from '../gen/google/longrunning/operations_pb.ts';
import { openStore } from '../store/open-store.ts';
import { testFolder } from '../store/test-stores.ts';
import { createLogger, silentLogger } from '../telemetry/logger.ts';
import { startRetention, sweepCore } from './retention.ts';
import type { Sweep } from './retention.ts';

const dayMs = 24 * 3_600_000;
const nowMs = Date.UTC(2026, 0, 1);

describe('sweepCore', () => {
  test('removes what is past 30 days and nothing younger', async (context) => {
    const store = await openStore({ folder: testFolder(context) });
    context.after(() => store.close());
    await store.projects.insert({
      projectId: 'p',
      projectNumber: '1',
      displayName: '',
      labels: {},
      createdAtMs: 1,
    });
    for (const [uid, ageMs] of [
      ['old', 30 * dayMs + 1],
      ['young', 30 * dayMs],
    ] as const) {
      await store.apiKeys.insert({
        uid,
        keyId: uid,
        projectId: 'p',
        displayName: '',
        keyString: new Secret(uid),
        annotations: {},
        createdAtMs: 1,
        updatedAtMs: 1,
        deletedAtMs: nowMs - ageMs,
        revision: 1,
      });
      await store.managedServices.insert({ serviceName: uid, producerProjectId: 'p', createdAtMs: 1 });
      await store.managedServices.setDeleted(uid, nowMs - ageMs);
      await store.operations.insert({
        name: uid,
        api: 'apikeys',
        resource: 'projects/p',
        startedAtMs: nowMs - ageMs,
        operation: create(OperationSchema, { done: true }),
      });
    }
    await sweepCore.remove(store, nowMs);
    assert.equal(await store.apiKeys.getByUid('old'), undefined);
    assert.equal(await store.apiKeys.wasPurged('old'), true);
    assert.notEqual(await store.apiKeys.getByUid('young'), undefined);
    assert.equal(await store.managedServices.get('old'), undefined);
    assert.equal(await store.operations.get('old'), undefined);
    assert.notEqual(await store.operations.get('young'), undefined);
  });
});

describe('startRetention', () => {
  test('sweeps at once and at each interval until closed', async (context) => {
    const store = await openStore({ folder: testFolder(context) });
    context.after(() => store.close());
    const clock = new ManualClock();
    const counts = { often: 0, seldom: 0 };
    const count = (what: keyof typeof counts, everyMs: number): Sweep => ({
      what,
      everyMs,
      remove: () => Promise.resolve({ count: ++counts[what] }),
    });
    const swept = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const retention = startRetention({ store, clock, logger: silentLogger }, [
      count('often', 1000),
      count('seldom', 3000),
    ]);
    for (const [often, seldom] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
    ]) {
      await swept();
      assert.deepEqual(counts, { often, seldom });
      clock.advance(1000);
    }
    await retention.close();
    const atClose = { ...counts };
    clock.advance(10_000);
    assert.deepEqual(counts, atClose);
    assert.equal(clock.pendingTimers, 0);
  });

  test('logs a failure, tries again, and goes on with the other sweeps', async (context) => {
    const store = await openStore({ folder: testFolder(context) });
    context.after(() => store.close());
    const lines: string[] = [];
    const clock = new ManualClock();
    const tried: string[] = [];
    const sweep = (what: string, result: () => Promise<Record<string, number>>): Sweep => ({
      what,
      everyMs: 1000,
      remove: () => {
        tried.push(what);
        return result();
      },
    });
    const retention = startRetention(
      { store, clock, logger: createLogger({ sink: (line) => lines.push(line) }) },
      [sweep('bad', () => Promise.reject(new Error('broken'))), sweep('good', () => Promise.resolve({}))],
    );
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    await retention.close();
    assert.deepEqual(tried, ['bad', 'good', 'bad', 'good']);
    assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), {
      level: 'error',
      message: 'expired records could not be removed',
      what: 'bad',
      error: 'broken',
    });
  });
});
