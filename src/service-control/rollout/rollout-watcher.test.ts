import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ManualClock } from '../../core/manual-clock.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import {
  RolloutSchema,
  Rollout_RolloutStatus as Status,
  type Rollout,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import {
  createRolloutWatcher,
  type FetchedRollout,
  type RolloutWatcher,
  type RolloutWatcherOptions,
} from './rollout-watcher.ts';

function rollout(
  rolloutId: string,
  percentages: Record<string, number>,
  status: Status = Status.SUCCESS,
): Rollout {
  return create(RolloutSchema, {
    rolloutId,
    status,
    strategy: { case: 'trafficPercentStrategy', value: { percentages } },
  });
}

describe('createRolloutWatcher', () => {
  let clock: ManualClock;
  let rollouts: Rollout[];
  let applied: FetchedRollout[];
  let apply: (fetched: FetchedRollout) => void;
  let failure: Error | undefined;
  let lists: number;
  let watcher: RolloutWatcher;

  beforeEach(() => {
    clock = new ManualClock();
    rollouts = [rollout('r1', { c1: 100 })];
    applied = [];
    apply = (fetched) => void applied.push(fetched);
    failure = undefined;
    lists = 0;
  });
  afterEach(() => watcher.close());

  function newWatcher(options: Partial<RolloutWatcherOptions> = {}, random = 0.5): RolloutWatcher {
    watcher = createRolloutWatcher(
      { serviceName: 's', configs: 'largest', ...options },
      {
        clock,
        random: () => random,
        apply: (fetched) => apply(fetched),
        client: {
          async listRollouts() {
            lists++;
            if (failure !== undefined) throw failure;
            return rollouts;
          },
          getConfig: (id) => Promise.resolve(create(ServiceSchema, { name: 's', id })),
        },
      },
    );
    return watcher;
  }
  const idle = () => new Promise((resolve) => setImmediate(resolve));
  const configIds = (): string[][] => applied.map(({ configs }) => configs.map(({ service }) => service.id));

  it('applies the newest successful rollout at the start', async () => {
    rollouts = [
      rollout('r3', { c3: 100 }, Status.FAILED),
      rollout('r2', { c2: 100 }),
      rollout('r1', { c1: 100 }),
    ];
    await newWatcher().start();
    assert.deepEqual([configIds(), watcher.currentRolloutId], [[['c2']], 'r2']);
  });

  it('takes the largest share alone', async () => {
    rollouts = [rollout('r1', { small: 20, large: 80 })];
    await newWatcher().start();
    assert.deepEqual(configIds(), [['large']]);
  });

  it('takes every share where traffic is split', async () => {
    rollouts = [rollout('r1', { small: 20, large: 80 })];
    const { configs } = await newWatcher({ configs: 'all' }).start();
    assert.deepEqual(
      configs.map(({ service, percentage }) => [service.id, percentage]),
      [
        ['large', 80],
        ['small', 20],
      ],
    );
  });

  for (const [name, list] of [
    ['there is no rollout', []],
    ['none succeeded', [rollout('r1', { c1: 100 }, Status.FAILED)]],
    [
      'the service was deleted',
      [
        create(RolloutSchema, {
          rolloutId: 'r',
          status: Status.SUCCESS,
          strategy: { case: 'deleteServiceStrategy', value: {} },
        }),
      ],
    ],
  ] as const)
    it(`does not start when ${name}`, async () => {
      rollouts = [...list];
      await assert.rejects(newWatcher().start(), { code: 'CONTROL_REFUSED' });
    });

  it('follows a new id', async () => {
    await newWatcher().start();
    rollouts.unshift(rollout('r2', { c2: 100 }));
    watcher.notice('r2');
    await idle();
    assert.deepEqual([configIds(), watcher.currentRolloutId], [[['c1'], ['c2']], 'r2']);
  });

  it('does nothing while the id stays the same', async () => {
    await newWatcher().start();
    watcher.notice('r1');
    watcher.notice('');
    await idle();
    assert.equal(lists, 1);
  });

  it('waits for a random part of the throttle window, once for several notices', async () => {
    await newWatcher({ fetchThrottleWindowMs: 300_000 }, 0.5).start();
    rollouts.unshift(rollout('r2', { c2: 100 }));
    watcher.notice('r2');
    watcher.notice('r2');
    clock.advance(149_999);
    await idle();
    assert.equal(lists, 1);
    clock.advance(1);
    await idle();
    assert.deepEqual([lists, watcher.currentRolloutId], [2, 'r2']);
  });

  it('keeps the last good rollout and tries again while fetching fails', async () => {
    await newWatcher({ backoffMs: 1000 }).start();
    rollouts.unshift(rollout('r2', { c2: 100 }));
    failure = new Error('down');
    watcher.notice('r2');
    await idle();
    assert.equal(watcher.currentRolloutId, 'r1');
    failure = undefined;
    clock.advance(1000);
    await idle();
    assert.equal(watcher.currentRolloutId, 'r2');
  });

  it('keeps the last good rollout when the new one cannot be applied, and does not insist', async () => {
    await newWatcher().start();
    rollouts.unshift(rollout('bad', { c2: 100 }));
    apply = () => {
      throw new Error('invalid config');
    };
    watcher.notice('bad');
    await idle();
    watcher.notice('bad');
    await idle();
    assert.deepEqual([watcher.currentRolloutId, lists], ['r1', 2]);
  });

  it('applies a good rollout after a bad one', async () => {
    await newWatcher().start();
    rollouts.unshift(rollout('bad', { c2: 100 }));
    apply = () => {
      throw new Error('invalid config');
    };
    watcher.notice('bad');
    await idle();
    apply = (fetched) => void applied.push(fetched);
    rollouts.unshift(rollout('r3', { c1: 100 }));
    watcher.notice('r3');
    await idle();
    assert.equal(watcher.currentRolloutId, 'r3');
  });

  it('asks again at the next notice when the list lags behind', async () => {
    await newWatcher().start();
    watcher.notice('r2');
    await idle();
    assert.equal(watcher.currentRolloutId, 'r1');
    rollouts.unshift(rollout('r2', { c2: 100 }));
    watcher.notice('r2');
    await idle();
    assert.equal(watcher.currentRolloutId, 'r2');
  });

  it('stops when it is closed', async () => {
    await newWatcher({ fetchThrottleWindowMs: 1000 }).start();
    watcher.notice('r2');
    await watcher.close();
    clock.advance(10_000);
    watcher.notice('r3');
    await idle();
    assert.deepEqual([lists, clock.pendingTimers], [1, 0]);
  });
});
