import type { Service } from '../gen/google/api/service_pb.ts';
import type { SourceInfo } from '../gen/google/api/source_info_pb.ts';
import type { Page, PageRequest } from './page.ts';

/** One uploaded version of a service. Never changes. */
export interface ServiceConfigRecord {
  readonly serviceName: string;
  /** Unique in its service. */
  readonly configId: string;
  readonly createdAtMs: number;
  /** The config without its `sourceInfo`. */
  readonly service: Service;
}

/** Service configs of all services. */
export interface ServiceConfigStore {
  /** Keeps the files that it was made from beside it. False when the id is taken. The service must exist. */
  insert(record: ServiceConfigRecord, sources?: SourceInfo): Promise<boolean>;
  get(serviceName: string, configId: string): Promise<ServiceConfigRecord | undefined>;
  /** The newest one. */
  latest(serviceName: string): Promise<ServiceConfigRecord | undefined>;
  /** The files that a config was made from; undefined when it was not made from files or does not exist. */
  getSources(serviceName: string, configId: string): Promise<SourceInfo | undefined>;
  /** Newest first. */
  list(serviceName: string, page: PageRequest): Promise<Page<ServiceConfigRecord>>;
  /** Number of the next id of that day (`2026-01-31`), from 0. */
  nextCounter(serviceName: string, day: string): Promise<number>;
  /** Removes all but the newest `keep` and those named in `referenced`; returns how many. */
  prune(serviceName: string, keep: number, referenced: readonly string[]): Promise<number>;
}
