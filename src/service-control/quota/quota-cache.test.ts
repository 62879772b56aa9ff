import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import type { QuotaOutcome, QuotaRequest } from '../service-controller.ts';
import { QuotaCache } from './quota-cache.ts';
import { quotaAllowed, type QuotaCosts, type QuotaMode } from './quota-request.ts';

const request: QuotaRequest = {
  operationName: 'M',
  apiKey: 'k',
  metricCosts: [['reads', 2]],
  callerIp: '192.0.2.1',
  referer: '',
};
const denied: QuotaOutcome = { kind: 'denied', code: 'RESOURCE_EXHAUSTED', description: 'no' };
const limits = { maxEntries: 3, refreshMs: 1000, expirationMs: 600_000 };

interface Call {
  readonly costs: Record<string, number>;
  readonly mode: QuotaMode;
  readonly answer: (outcome: QuotaOutcome) => void;
}

for (const recheck of ['poll', 'onRequest'] as const)
  describe(`QuotaCache that asks again by ${recheck}`, () => {
    let clock: ManualClock;
    let cache: QuotaCache;
    let calls: Call[];

    beforeEach(() => {
      clock = new ManualClock();
      cache = new QuotaCache(limits, recheck, clock);
      calls = [];
    });

    const ask = (_request: QuotaRequest, costs: QuotaCosts, mode: QuotaMode): Promise<QuotaOutcome> =>
      new Promise((resolve) => calls.push({ costs: Object.fromEntries(costs), mode, answer: resolve }));
    const allocate = (changes: Partial<QuotaRequest> = {}): QuotaOutcome | Promise<QuotaOutcome> =>
      cache.allocate({ ...request, ...changes }, `api_key:${changes.apiKey ?? request.apiKey}`, ask);
    const answer = async (outcome: QuotaOutcome): Promise<void> => {
      calls.at(-1)?.answer(outcome);
      await new Promise((resolve) => setImmediate(resolve));
    };
    const sent = (): Array<readonly [Record<string, number>, QuotaMode]> =>
      calls.map(({ costs, mode }) => [costs, mode]);

    it('grants the first request while it asks for it', () => {
      assert.equal(allocate(), quotaAllowed);
      assert.deepEqual(sent(), [[{ reads: 2 }, 'BEST_EFFORT']]);
    });

    it('does not ask a second time while it waits, but sums up', async () => {
      for (let i = 0; i < 5; i++) assert.equal(allocate(), quotaAllowed);
      clock.advance(5000);
      assert.equal(calls.length, 1);
      await answer(quotaAllowed);
      clock.advance(1000);
      assert.deepEqual(sent()[1], [{ reads: 8 }, 'BEST_EFFORT']);
    });

    it('sends five rapid requests as two calls', async () => {
      allocate();
      await answer(quotaAllowed);
      for (let i = 0; i < 4; i++) allocate();
      clock.advance(1000);
      await answer(quotaAllowed);
      clock.advance(10_000);
      assert.deepEqual(sent(), [
        [{ reads: 2 }, 'BEST_EFFORT'],
        [{ reads: 8 }, 'BEST_EFFORT'],
      ]);
    });

    it('denies from the request after the negative answer on', async () => {
      allocate();
      assert.equal(allocate(), quotaAllowed);
      await answer(denied);
      assert.equal(allocate(), denied);
    });

    it('loses the costs that were pending when the answer was negative', async () => {
      allocate();
      allocate();
      await answer(denied);
      clock.advance(1000);
      assert.equal(
        sent()
          .slice(1)
          .every(([costs]) => costs['reads'] === 2),
        true,
      );
    });

    it('grants again after a positive answer', async () => {
      allocate();
      await answer(denied);
      clock.advance(1000);
      allocate();
      await answer(quotaAllowed);
      assert.equal(allocate(), quotaAllowed);
    });

    it('sends a cost of zero or less as 1', () => {
      allocate({
        metricCosts: [
          ['reads', 0],
          ['writes', -5],
        ],
      });
      assert.deepEqual(sent()[0]?.[0], { reads: 1, writes: 1 });
    });

    for (const changes of [
      { operationName: 'N' },
      { apiKey: 'other' },
      { metricCosts: [['writes', 1]] },
    ] as ReadonlyArray<Partial<QuotaRequest>>)
      it(`counts apart by ${Object.keys(changes)[0]}`, async () => {
        allocate();
        await answer(denied);
        assert.equal(allocate(changes), quotaAllowed);
      });

    it('counts together whatever the amounts, the order of metrics and the labels are', async () => {
      allocate({
        metricCosts: [
          ['a', 1],
          ['b', 1],
        ],
      });
      await answer(denied);
      assert.equal(
        allocate({
          metricCosts: [
            ['b', 9],
            ['a', 9],
          ],
          callerIp: '192.0.2.9',
        }),
        denied,
      );
    });

    it('drops a key ten minutes after its last call', async () => {
      allocate();
      await answer(quotaAllowed);
      clock.advance(601_000);
      assert.equal(cache.size, 0);
      assert.equal(clock.pendingTimers, 0);
    });

    it('ignores the answer for a key that is gone', async () => {
      allocate();
      clock.advance(601_000);
      await answer(denied);
      assert.equal(allocate(), quotaAllowed);
    });

    it('holds no more keys than its limit', () => {
      for (const apiKey of ['a', 'b', 'c', 'd', 'e']) allocate({ apiKey });
      assert.equal(cache.size, 3);
    });

    it('has every request wait for its own answer when it may hold nothing', async () => {
      cache = new QuotaCache({ ...limits, maxEntries: 0 }, recheck, clock);
      const pending = allocate();
      await answer(denied);
      assert.equal(await pending, denied);
      assert.deepEqual(sent(), [[{ reads: 2 }, 'NORMAL']]);
    });

    it('is silent about keys that nobody uses', async () => {
      allocate();
      await answer(quotaAllowed);
      clock.advance(30_000);
      assert.equal(calls.length, 1);
    });
  });

describe('QuotaCache while an answer is negative', () => {
  async function deniedCache(recheck: 'poll' | 'onRequest') {
    const clock = new ManualClock();
    const modes: QuotaMode[] = [];
    const cache = new QuotaCache(limits, recheck, clock);
    const allocate = (): QuotaOutcome | Promise<QuotaOutcome> =>
      cache.allocate(request, 'api_key:k', (_request, _costs, mode) => {
        modes.push(mode);
        return Promise.resolve(denied);
      });
    allocate();
    await new Promise((resolve) => setImmediate(resolve));
    return { clock, modes, allocate };
  }

  it('polls with CHECK_ONLY every second under v2', async () => {
    const { clock, modes } = await deniedCache('poll');
    for (let second = 0; second < 3; second++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(modes, ['BEST_EFFORT', 'CHECK_ONLY', 'CHECK_ONLY', 'CHECK_ONLY']);
  });

  it('asks with NORMAL at the next request under v1', async () => {
    const { clock, modes, allocate } = await deniedCache('onRequest');
    clock.advance(5000);
    assert.deepEqual(modes, ['BEST_EFFORT']);
    assert.equal(allocate(), denied);
    assert.deepEqual(modes, ['BEST_EFFORT', 'NORMAL']);
  });
});
