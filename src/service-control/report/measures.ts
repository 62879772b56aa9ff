import type { ReportRecord } from '../service-controller.ts';
import { sizeBuckets, timeBuckets, type ExponentialBuckets } from './distribution.ts';
import type { ReportDialect } from './report-dialect.ts';
import { responseCode } from './response-code.ts';

/** What is summed up over the records of an operation. */
export type CounterMeasure = 'requestCount' | 'errorCount' | 'requestBytes' | 'responseBytes';
export type DistributionMeasure =
  | 'requestSizes'
  | 'responseSizes'
  | 'totalLatencies'
  | 'backendLatencies'
  | 'overheadLatencies';
export type Measure = CounterMeasure | DistributionMeasure;

/** A record's contribution to each counter. */
export const counterValues: Readonly<Record<CounterMeasure, (record: ReportRecord) => number>> = {
  requestCount: () => 1,
  errorCount: (record) => (responseCode(record) >= 400 ? 1 : 0),
  requestBytes: (record) => record.requestBytes,
  responseBytes: (record) => record.responseBytes,
};

/** A sample of a distribution: bytes or seconds; a negative one is not known and left out. */
export interface DistributionDefinition {
  readonly buckets: ExponentialBuckets;
  readonly sample: (record: ReportRecord, dialect: ReportDialect) => number;
}

const msPerSecond = 1000;

export const distributionSamples: Readonly<Record<DistributionMeasure, DistributionDefinition>> = {
  requestSizes: { buckets: sizeBuckets, sample: (record) => record.requestBytes },
  responseSizes: { buckets: sizeBuckets, sample: (record) => record.responseBytes },
  totalLatencies: { buckets: timeBuckets, sample: (record) => record.totalLatencyMs / msPerSecond },
  backendLatencies: {
    buckets: timeBuckets,
    sample: (record, dialect) => dialect.backendLatencyMs(record) / msPerSecond,
  },
  overheadLatencies: {
    buckets: timeBuckets,
    sample: (record, dialect) => dialect.overheadLatencyMs(record) / msPerSecond,
  },
};

export function isCounter(measure: Measure): measure is CounterMeasure {
  return measure in counterValues;
}
