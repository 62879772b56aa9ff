import type { Rollout, Rollout_RolloutStatus } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Page, PageRequest } from './page.ts';

/** Which config of a service is served to whom since when. */
export interface RolloutRecord {
  readonly serviceName: string;
  /** Unique in its service. */
  readonly rolloutId: string;
  readonly createdAtMs: number;
  readonly rollout: Rollout;
}

/** What a list of rollouts selects by; an absent field selects nothing away. */
export interface RolloutSelection {
  readonly status?: Rollout_RolloutStatus;
  /** Name of the strategy's field in the message. */
  readonly strategy?: 'trafficPercentStrategy' | 'deleteServiceStrategy';
}

/** Rollouts of all services. */
export interface RolloutStore {
  /** False when the id is taken. The service must exist. */
  insert(record: RolloutRecord): Promise<boolean>;
  get(serviceName: string, rolloutId: string): Promise<RolloutRecord | undefined>;
  /** The newest one that succeeded: it says what is served. */
  active(serviceName: string): Promise<RolloutRecord | undefined>;
  /** Newest first. */
  list(serviceName: string, options: PageRequest & RolloutSelection): Promise<Page<RolloutRecord>>;
  /** Number of the next id of that day (`2026-01-31`), from 0. */
  nextCounter(serviceName: string, day: string): Promise<number>;
  /** Removes all but the newest `keep` and the newest `keepSuccessful` that succeeded; returns how many. */
  prune(serviceName: string, keep: number, keepSuccessful: number): Promise<number>;
}
