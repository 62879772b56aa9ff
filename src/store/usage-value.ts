import { create } from '@bufbuild/protobuf';
import {
  DistributionSchema,
  type Distribution,
} from '../gen/google/api/servicecontrol/v1/distribution_pb.ts';
import type { UsageValue } from './usage.ts';

/**
 * Adds two values of one series. Values that do not go together (another kind, other buckets) leave the first as it is,
 * as service-control-client-cxx does: a metric whose type changes loses the newcomer, not its history.
 */
export function addUsage(a: UsageValue, b: UsageValue): UsageValue {
  switch (a.kind) {
    case 'int64':
      return b.kind === 'int64' ? { kind: 'int64', value: a.value + b.value } : a;
    case 'double':
      return b.kind === 'double' ? { kind: 'double', value: a.value + b.value } : a;
    case 'distribution':
      return b.kind === 'distribution'
        ? { kind: 'distribution', value: mergeDistributions(a.value, b.value) }
        : a;
  }
  return a satisfies never;
}

/** Merges counts, buckets, mean, extremes and squared deviation (Chan et al.); `a` alone if the buckets differ. */
export function mergeDistributions(a: Distribution, b: Distribution): Distribution {
  if (b.count === 0n || !hasSameBuckets(a, b)) return a;
  if (a.count === 0n) return b;
  const count = a.count + b.count;
  const [countA, countB] = [Number(a.count), Number(b.count)];
  const mean = (a.mean * countA + b.mean * countB) / (countA + countB);
  const sumOfSquaredDeviation =
    a.sumOfSquaredDeviation +
    b.sumOfSquaredDeviation +
    countA * (mean - a.mean) ** 2 +
    countB * (mean - b.mean) ** 2;
  const length = Math.max(a.bucketCounts.length, b.bucketCounts.length);
  return create(DistributionSchema, {
    count,
    mean,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
    sumOfSquaredDeviation,
    bucketCounts: Array.from({ length }, (_, i) => (a.bucketCounts[i] ?? 0n) + (b.bucketCounts[i] ?? 0n)),
    bucketOption: a.bucketOption,
  });
}

/** Relative difference below which two bucket options count as the same. Source: service-control-client-cxx. */
const tolerance = 1e-5;

function hasSameBuckets(a: Distribution, b: Distribution): boolean {
  const [x, y] = [a.bucketOption, b.bucketOption];
  if (x.case === 'exponentialBuckets' && y.case === 'exponentialBuckets')
    return (
      x.value.numFiniteBuckets === y.value.numFiniteBuckets &&
      isClose(x.value.growthFactor, y.value.growthFactor) &&
      isClose(x.value.scale, y.value.scale)
    );
  if (x.case === 'linearBuckets' && y.case === 'linearBuckets')
    return (
      x.value.numFiniteBuckets === y.value.numFiniteBuckets &&
      isClose(x.value.width, y.value.width) &&
      isClose(x.value.offset, y.value.offset)
    );
  if (x.case === 'explicitBuckets' && y.case === 'explicitBuckets') {
    const bounds = y.value.bounds;
    return (
      x.value.bounds.length === bounds.length &&
      x.value.bounds.every((bound, i) => isClose(bound, bounds[i] ?? NaN))
    );
  }
  return x.case === y.case;
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
