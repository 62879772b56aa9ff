import type { Page, PageRequest } from './page.ts';

/** A project: owner of services, keys and service accounts, and the consumer that usage is counted for. */
export interface ProjectRecord {
  readonly projectId: string;
  /** Decimal digits, never reused. */
  readonly projectNumber: string;
  readonly displayName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** Set while the project waits for its removal. */
  readonly deletedAtMs?: number;
}

/** Projects, by id and by number. */
export interface ProjectStore {
  /** False when the id or the number is taken. */
  insert(record: ProjectRecord): Promise<boolean>;
  /** By id or by number, deleted ones included. */
  get(idOrNumber: string): Promise<ProjectRecord | undefined>;
  /** By id. */
  list(page: PageRequest): Promise<Page<ProjectRecord>>;
  /** Replaces what may change: display name, labels, deletion. False when there is none. */
  update(record: ProjectRecord): Promise<boolean>;
}
