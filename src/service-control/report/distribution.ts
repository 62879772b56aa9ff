import { create } from '@bufbuild/protobuf';
import {
  DistributionSchema,
  type Distribution,
} from '../../gen/google/api/servicecontrol/v1/distribution_pb.ts';

/** Exponential buckets: bucket 0 lies below `scale`, the last one is open. */
export interface ExponentialBuckets {
  readonly numFiniteBuckets: number;
  readonly growthFactor: number;
  readonly scale: number;
  /** Lower bound of bucket 1, 2, …, n + 1. */
  readonly bounds: readonly number[];
}

/** Seconds. Source: espv2 request_builder.cc, esp proto.cc time_distribution. */
export const timeBuckets: ExponentialBuckets = exponential(29, 2, 1e-6);
/** Bytes. Source: the same, size_distribution. */
export const sizeBuckets: ExponentialBuckets = exponential(8, 10, 1);

/** Samples of one distribution, summed up as they come; `sumOfSquaredDeviation` by Welford's method. */
export class DistributionAccumulator {
  readonly #buckets: ExponentialBuckets;
  readonly #counts: number[];
  #count = 0;
  #mean = 0;
  #minimum = Infinity;
  #maximum = -Infinity;
  #squaredDeviation = 0;

  constructor(buckets: ExponentialBuckets) {
    this.#buckets = buckets;
    this.#counts = Array.from({ length: buckets.numFiniteBuckets + 2 }, () => 0);
  }

  get count(): number {
    return this.#count;
  }

  add(sample: number): void {
    const index = bucketIndex(this.#buckets, sample);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#count++;
    if (sample < this.#minimum) this.#minimum = sample;
    if (sample > this.#maximum) this.#maximum = sample;
    const delta = sample - this.#mean;
    this.#mean += delta / this.#count;
    this.#squaredDeviation += delta * (sample - this.#mean);
  }

  /** As the API wants it; call only when there was a sample. */
  toMessage(): Distribution {
    const { numFiniteBuckets, growthFactor, scale } = this.#buckets;
    return create(DistributionSchema, {
      count: BigInt(this.#count),
      mean: this.#mean,
      minimum: this.#minimum,
      maximum: this.#maximum,
      sumOfSquaredDeviation: this.#squaredDeviation,
      bucketCounts: this.#counts.map(BigInt),
      bucketOption: {
        case: 'exponentialBuckets',
        value: { numFiniteBuckets, growthFactor, scale },
      },
    });
  }
}

/** Which bucket holds a value: 0 for one below the scale, at most `numFiniteBuckets + 1`. */
export function bucketIndex(buckets: ExponentialBuckets, value: number): number {
  const { bounds } = buckets;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value >= (bounds[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function exponential(numFiniteBuckets: number, growthFactor: number, scale: number): ExponentialBuckets {
  const bounds = Array.from({ length: numFiniteBuckets + 1 }, (_, i) => scale * growthFactor ** i);
  return { numFiniteBuckets, growthFactor, scale, bounds };
}
