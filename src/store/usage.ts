import type { Distribution } from '../gen/google/api/servicecontrol/v1/distribution_pb.ts';

/** A number that was reported for a metric: always a difference (DELTA). */
export type UsageValue =
  | { readonly kind: 'int64'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'distribution'; readonly value: Distribution };

/** What tells one time series from another. */
export interface UsageSeries {
  readonly serviceName: string;
  /** Full name, `serviceruntime.googleapis.com/api/producer/request_count`. */
  readonly metric: string;
  /** Number of the consumer's project for consumer and by-consumer metrics; '' for plain producer metrics. */
  readonly consumerProject: string;
  /** Selector of the operation, `<Unknown Operation Name>` included. */
  readonly method: string;
  readonly version: string;
  readonly location: string;
  /** Labels of the metric, such as /response_code. */
  readonly labels: Readonly<Record<string, string>>;
}

/** One reported number. */
export interface UsageDelta extends UsageSeries {
  readonly atMs: number;
  readonly value: UsageValue;
}

/** Sum of the deltas of [startMs, startMs + step). */
export interface UsagePoint {
  readonly startMs: number;
  readonly value: UsageValue;
}

/** Steps of the roll-ups, in milliseconds: minutes are kept for weeks, hours for years. */
export const usageStepsMs = { minute: 60_000, hour: 3_600_000 } as const;
export type UsageStepMs = (typeof usageStepsMs)[keyof typeof usageStepsMs];

/** Which series and which time; an absent field selects nothing away. */
export interface UsageQuery {
  readonly stepMs: UsageStepMs;
  /** First and end of the range: points that start in [fromMs, untilMs). */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly serviceNames?: readonly string[];
  readonly metric?: string;
  readonly metricPrefix?: string;
  readonly consumerProject?: string;
  readonly method?: string;
}

/** A series with its points, oldest first. */
export interface UsageResult extends UsageSeries {
  readonly points: readonly UsagePoint[];
}

/** Time series of what services are used for, in roll-ups. */
export interface UsageStore {
  /** Adds up; deltas of one call that meet in a series and a minute are merged first. */
  record(deltas: readonly UsageDelta[]): Promise<void>;
  /** Throws RangeError when more than `maxPoints` points match (default 100 000): ask for less. */
  query(query: UsageQuery, maxPoints?: number): Promise<readonly UsageResult[]>;
  /** Whether anything at all is known of a metric of a service, and of which methods. */
  listSeries(
    query: Pick<UsageQuery, 'serviceNames' | 'metric' | 'metricPrefix'>,
  ): Promise<readonly UsageSeries[]>;
  /**
   * Marks operations as reported and returns the ids that are new. Inside the transaction that records them, so that a
   * report which is sent again counts once.
   */
  claimOperations(
    serviceName: string,
    operationIds: readonly string[],
    nowMs: number,
  ): Promise<ReadonlySet<string>>;
  /** Forgets minutes, hours and claims that are older than the given times; returns how many rows went. */
  prune(before: {
    readonly minutesMs: number;
    readonly hoursMs: number;
    readonly claimsMs: number;
  }): Promise<number>;
}
