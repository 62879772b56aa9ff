/** What may be spent in one window by one consumer of one metric. */
export interface QuotaCounterKey {
  readonly serviceName: string;
  /** Number of the consumer project. */
  readonly projectNumber: string;
  readonly metric: string;
  /** Length of the window. */
  readonly windowMs: number;
  /** Where it starts, epoch ms: a multiple of `windowMs`. */
  readonly windowStartMs: number;
}

/** Who set an override: the producer replaces the default, the consumer can only lower what results. */
export type QuotaOverrideKind = 'producer' | 'consumer';

/** A limit of one consumer project instead of the service's default. */
export interface QuotaOverrideRecord {
  readonly overrideId: string;
  readonly kind: QuotaOverrideKind;
  readonly serviceName: string;
  readonly projectNumber: string;
  readonly metric: string;
  /** As in the service config, `1/min/{project}`. */
  readonly unit: string;
  /** -1: no limit; 0: nothing. */
  readonly value: bigint;
  readonly createdAtMs: number;
}

/** What an override is of: at most one of each kind. */
export type QuotaOverrideKey = Pick<
  QuotaOverrideRecord,
  'kind' | 'serviceName' | 'projectNumber' | 'metric' | 'unit'
>;

/** Quota: what is spent and what differs from the defaults. */
export interface QuotaStore {
  /** Spent so far; read and spend inside one transaction. */
  spent(key: QuotaCounterKey): Promise<number>;
  /** Adds `amount`, which may be negative; the counter never falls below zero. */
  spend(key: QuotaCounterKey, amount: number): Promise<void>;
  /** Removes counters of windows that started before then; returns how many. */
  pruneCounters(startedBeforeMs: number): Promise<number>;
  /** All overrides of a consumer project for a service, by metric, unit and kind. */
  listOverrides(serviceName: string, projectNumber: string): Promise<readonly QuotaOverrideRecord[]>;
  /** Writes the override in place of the one with the same key. */
  putOverride(record: QuotaOverrideRecord): Promise<void>;
  /** False when there was none. */
  deleteOverride(key: QuotaOverrideKey): Promise<boolean>;
}
