import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideQuota, type QuotaMode } from './decide-quota.ts';
import type { EffectiveLimit } from './quota-limits.ts';

function limit(value: bigint | undefined, metric = 'reads'): EffectiveLimit {
  return { name: `${metric}-limit`, metric, unit: '1/min/{project}', windowMs: 60_000, limit: value };
}

describe('decideQuota', () => {
  const table: ReadonlyArray<readonly [QuotaMode, number, number, bigint | undefined, number, boolean]> = [
    // mode, cost, spent, limit → spend, denied
    ['NORMAL', 3, 7, 10n, 3, false],
    ['NORMAL', 4, 7, 10n, 0, true],
    ['NORMAL', 1, 0, 0n, 0, true],
    ['NORMAL', 100, 7, undefined, 100, false],
    ['BEST_EFFORT', 3, 7, 10n, 3, false],
    ['BEST_EFFORT', 4, 7, 10n, 3, true],
    ['BEST_EFFORT', 4, 12, 10n, 0, true],
    ['CHECK_ONLY', 3, 7, 10n, 0, false],
    ['CHECK_ONLY', 4, 7, 10n, 0, true],
    ['QUERY_ONLY', 4, 7, 10n, 0, false],
    ['ADJUST_ONLY', 4, 7, 10n, 4, false],
    ['ADJUST_ONLY', -2, 7, 10n, -2, false],
  ];
  for (const [mode, cost, spent, value, spend, denied] of table)
    it(`${mode} of ${cost} with ${spent} of ${value ?? 'no limit'} spent takes ${spend}, ${denied ? 'denied' : 'granted'}`, () => {
      const decision = decideQuota(mode, new Map([['reads', cost]]), [{ limit: limit(value), spent }]);
      assert.deepEqual([decision.spend.get('reads') ?? 0, decision.isDenied], [spend, denied]);
    });

  const two = [
    { limit: limit(10n), spent: 10 },
    { limit: limit(10n, 'writes'), spent: 0 },
  ];
  const costs = new Map([
    ['reads', 1],
    ['writes', 1],
  ]);

  it('takes nothing of any metric when one lacks quota, under NORMAL', () => {
    assert.deepEqual([...decideQuota('NORMAL', costs, two).spend], []);
  });

  it('takes of the metrics that have quota, under BEST_EFFORT', () => {
    assert.equal(decideQuota('BEST_EFFORT', costs, two).spend.get('writes'), 1);
  });

  it('names only the limits that are exceeded', () => {
    assert.deepEqual(
      decideQuota('NORMAL', costs, two).exceeded.map(({ name }) => name),
      ['reads-limit'],
    );
  });
});
