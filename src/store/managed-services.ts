import type { Page, PageRequest } from './page.ts';

/** A service under management and the project that produces it. The name belongs to that project until purged. */
export interface ManagedServiceRecord {
  readonly serviceName: string;
  readonly producerProjectId: string;
  readonly createdAtMs: number;
  /** Set while the service can still be undeleted. */
  readonly deletedAtMs?: number;
}

/** Managed services of all projects. */
export interface ManagedServiceStore {
  /** False when the name is taken, be it by a deleted service. */
  insert(record: ManagedServiceRecord): Promise<boolean>;
  /** Deleted ones included. */
  get(serviceName: string): Promise<ManagedServiceRecord | undefined>;
  /** Those that are not deleted, by name. */
  list(options: PageRequest & { readonly producerProjectId?: string }): Promise<Page<ManagedServiceRecord>>;
  /** How many a project has that are not deleted. */
  count(producerProjectId: string): Promise<number>;
  /** Marks it deleted, or with undefined no longer so; false when there is none. */
  setDeleted(serviceName: string, deletedAtMs: number | undefined): Promise<boolean>;
  /** Names that were deleted before then, at most `limit`. */
  listDeleted(deletedBeforeMs: number, limit: number): Promise<readonly string[]>;
  /** Removes it for good, with its configs and rollouts; false when there is none. */
  purge(serviceName: string): Promise<boolean>;
}
