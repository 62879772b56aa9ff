import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bucketIndex, DistributionAccumulator, sizeBuckets, timeBuckets } from './distribution.ts';

describe('bucketIndex', () => {
  for (const [name, buckets, value, expected] of [
    ['0 bytes', sizeBuckets, 0, 0],
    ['1 byte', sizeBuckets, 1, 1],
    ['9 bytes', sizeBuckets, 9, 1],
    ['10 bytes', sizeBuckets, 10, 2],
    ['100 bytes', sizeBuckets, 100, 3],
    ['1000 bytes', sizeBuckets, 1000, 4],
    ['1 MiB', sizeBuckets, 1_048_576, 7],
    ['99 999 999 bytes', sizeBuckets, 99_999_999, 8],
    ['100 MB', sizeBuckets, 1e8, 9],
    ['a terabyte', sizeBuckets, 1e12, 9],
    ['123 ms', timeBuckets, 0.123, 17],
    ['101 ms', timeBuckets, 0.101, 17],
    ['22 ms', timeBuckets, 0.022, 15],
    ['half a microsecond', timeBuckets, 5e-7, 0],
    ['an hour', timeBuckets, 3600, 30],
  ] as const)
    it(`puts ${name} into bucket ${expected}`, () => assert.equal(bucketIndex(buckets, value), expected));
});

describe('DistributionAccumulator', () => {
  it('sums up samples', () => {
    const accumulator = new DistributionAccumulator(sizeBuckets);
    for (const sample of [5, 50, 500]) accumulator.add(sample);
    const message = accumulator.toMessage();
    assert.equal(message.count, 3n);
    assert.equal(message.mean, 185);
    assert.equal(message.minimum, 5);
    assert.equal(message.maximum, 500);
    assert.equal(Math.round(message.sumOfSquaredDeviation), 180 ** 2 + 135 ** 2 + 315 ** 2);
    assert.deepEqual(message.bucketCounts, [0n, 1n, 1n, 1n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });

  it('has one more bucket at each end than finite ones', () => {
    const accumulator = new DistributionAccumulator(timeBuckets);
    accumulator.add(1);
    assert.equal(accumulator.toMessage().bucketCounts.length, 31);
  });
});
