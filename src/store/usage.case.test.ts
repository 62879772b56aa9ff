import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { DistributionSchema } from '../gen/google/api/servicecontrol/v1/distribution_pb.ts';
import { forEachStore } from './test-stores.ts';
import { usageStepsMs, type UsageDelta, type UsageQuery } from './usage.ts';

const hourMs = usageStepsMs.hour;
const delta: UsageDelta = {
  serviceName: 's',
  metric: 'api/producer/request_count',
  consumerProject: '',
  method: 'M',
  version: 'v1',
  location: 'global',
  labels: { '/response_code': '200', '/protocol': 'http' },
  atMs: hourMs + 61_000,
  value: { kind: 'int64', value: 1n },
};
const all: UsageQuery = { stepMs: usageStepsMs.minute, fromMs: 0, untilMs: 10 * hourMs };

function distribution(sample: number) {
  return {
    kind: 'distribution' as const,
    value: create(DistributionSchema, {
      count: 1n,
      mean: sample,
      minimum: sample,
      maximum: sample,
      bucketCounts: [0n, 1n, 0n],
      bucketOption: {
        case: 'exponentialBuckets',
        value: { numFiniteBuckets: 1, growthFactor: 2, scale: 1 },
      },
    }),
  };
}

forEachStore('usage', (open) => {
  test('adds up what falls into one minute', async (context) => {
    const { usage } = await open(context);
    await usage.record([delta, { ...delta, atMs: delta.atMs + 58_000 }]);
    await usage.record([delta]);
    const [series] = await usage.query(all);
    assert.deepEqual(series?.points, [{ startMs: hourMs + 60_000, value: { kind: 'int64', value: 3n } }]);
  });

  test('starts a new point with the minute', async (context) => {
    const { usage } = await open(context);
    await usage.record([delta, { ...delta, atMs: hourMs + 120_000 }]);
    const [series] = await usage.query(all);
    assert.deepEqual(
      series?.points.map(({ startMs }) => startMs),
      [hourMs + 60_000, hourMs + 120_000],
    );
  });

  test('rolls up hours beside minutes', async (context) => {
    const { usage } = await open(context);
    await usage.record([delta, { ...delta, atMs: hourMs + 120_000 }]);
    const [series] = await usage.query({ ...all, stepMs: hourMs });
    assert.deepEqual(series?.points, [{ startMs: hourMs, value: { kind: 'int64', value: 2n } }]);
  });

  test('tells series apart by label values, not by their order', async (context) => {
    const { usage } = await open(context);
    await usage.record([
      delta,
      { ...delta, labels: { '/protocol': 'http', '/response_code': '200' } },
      { ...delta, labels: { '/protocol': 'http', '/response_code': '404' } },
    ]);
    const series = await usage.query(all);
    assert.deepEqual(series.map(({ points }) => points[0]?.value.value).sort(), [1n, 2n]);
  });

  test('merges distributions', async (context) => {
    const { usage } = await open(context);
    await usage.record([{ ...delta, value: distribution(1) }]);
    await usage.record([{ ...delta, value: distribution(3) }]);
    const [series] = await usage.query(all);
    const value = series?.points[0]?.value;
    assert.equal(value?.kind, 'distribution');
    const { count, mean, minimum, maximum, sumOfSquaredDeviation, bucketCounts } = value.value;
    assert.deepEqual(
      { count, mean, minimum, maximum, sumOfSquaredDeviation, bucketCounts },
      { count: 2n, mean: 2, minimum: 1, maximum: 3, sumOfSquaredDeviation: 2, bucketCounts: [0n, 2n, 0n] },
    );
  });

  test('keeps the history of a metric whose type changes', async (context) => {
    const { usage } = await open(context);
    await usage.record([delta]);
    await usage.record([{ ...delta, value: distribution(1) }]);
    const [series] = await usage.query(all);
    assert.deepEqual(series?.points[0]?.value, { kind: 'int64', value: 1n });
  });

  for (const [query, expected] of [
    [{ serviceNames: ['s'] }, 1],
    [{ serviceNames: ['other'] }, 0],
    [{ metric: 'api/producer/request_count' }, 1],
    [{ metric: 'api/producer' }, 0],
    [{ metricPrefix: 'api/producer/' }, 1],
    [{ metricPrefix: 'api/consumer/' }, 0],
    [{ consumerProject: '' }, 1],
    [{ consumerProject: '1' }, 0],
    [{ method: 'M' }, 1],
    [{ fromMs: hourMs + 120_000 }, 0],
    [{ untilMs: hourMs + 60_000 }, 0],
  ] as const)
    test(`selects by ${JSON.stringify(query)}`, async (context) => {
      const { usage } = await open(context);
      await usage.record([delta]);
      assert.equal((await usage.query({ ...all, ...query })).length, expected);
    });

  test('refuses to return more points than asked for', async (context) => {
    const { usage } = await open(context);
    await usage.record([delta, { ...delta, atMs: hourMs + 120_000 }]);
    await assert.rejects(usage.query(all, 1), RangeError);
  });

  test('claims an operation once per service', async (context) => {
    const { usage } = await open(context);
    assert.deepEqual([...(await usage.claimOperations('s', ['a', 'b'], 1))], ['a', 'b']);
    assert.deepEqual([...(await usage.claimOperations('s', ['b', 'c'], 1))], ['c']);
    assert.deepEqual([...(await usage.claimOperations('t', ['a'], 1))], ['a']);
  });

  test('forgets minutes before hours, then the series', async (context) => {
    const { usage } = await open(context);
    await usage.record([delta]);
    await usage.prune({ minutesMs: 2 * hourMs, hoursMs: 0, claimsMs: 0 });
    assert.equal((await usage.query(all)).length, 0);
    assert.equal((await usage.query({ ...all, stepMs: hourMs })).length, 1);
    await usage.prune({ minutesMs: 2 * hourMs, hoursMs: 2 * hourMs, claimsMs: 0 });
    assert.deepEqual(await usage.listSeries({}), []);
  });

  test('forgets claims after their time', async (context) => {
    const { usage } = await open(context);
    await usage.claimOperations('s', ['a'], 5);
    await usage.prune({ minutesMs: 0, hoursMs: 0, claimsMs: 6 });
    assert.equal((await usage.claimOperations('s', ['a'], 7)).size, 1);
  });
});
