import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashToUnit, pickShare } from './traffic-split.ts';

const shares = [
  { name: 'a', percent: 80 },
  { name: 'b', percent: 20 },
];

describe('pickShare', () => {
  for (const [point, name] of [
    [0, 'a'],
    [0.7999, 'a'],
    [0.8001, 'b'],
    [0.9999, 'b'],
  ] as const)
    it(`gives ${name} at ${point}`, () => {
      assert.equal(pickShare(shares, point)?.name, name);
    });

  it('takes shares for what they are, whatever they add up to', () => {
    const odd = [
      { name: 'a', percent: 1 },
      { name: 'b', percent: 1 },
    ];
    assert.deepEqual([pickShare(odd, 0.49)?.name, pickShare(odd, 0.51)?.name], ['a', 'b']);
  });

  it('gives nothing to a share of 0', () => {
    const zero = [
      { name: 'a', percent: 0 },
      { name: 'b', percent: 100 },
    ];
    assert.equal(pickShare(zero, 0)?.name, 'b');
  });

  it('has nothing to give without shares', () => {
    assert.equal(pickShare([], 0.5), undefined);
  });
});

describe('hashToUnit', () => {
  it('spreads similar keys evenly and always alike', () => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `AIzaSyKey${i}`);
    const chosen = keys.filter((key) => pickShare(shares, hashToUnit(key))?.name === 'b');
    assert.ok(Math.abs(chosen.length - 2000) < 200, String(chosen.length));
    assert.deepEqual(keys.map(hashToUnit), keys.map(hashToUnit));
  });
});
