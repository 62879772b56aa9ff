import type { Page, PageRequest } from './page.ts';

/** An identity for programs. Its email is unique among the accounts that are not deleted. */
export interface ServiceAccountRecord {
  /** 21 digits, never reused. */
  readonly uniqueId: string;
  readonly projectId: string;
  readonly email: string;
  readonly displayName: string;
  readonly description: string;
  readonly disabled: boolean;
  readonly createdAtMs: number;
  readonly deletedAtMs?: number;
  /** Grows with every change; the etag is made from it. */
  readonly revision: number;
}

/** Service accounts of all projects. */
export interface ServiceAccountStore {
  /** False when the email is in use. */
  insert(record: ServiceAccountRecord): Promise<boolean>;
  /** The account that has the email now; deleted ones are not found. */
  getByEmail(email: string): Promise<ServiceAccountRecord | undefined>;
  /** Deleted ones included. */
  getByUniqueId(uniqueId: string): Promise<ServiceAccountRecord | undefined>;
  /** Whether an account with this email was deleted; tells `deleted_client` from an unknown account. */
  wasDeleted(email: string): Promise<boolean>;
  /** Those that are not deleted, by email. */
  list(projectId: string, page: PageRequest): Promise<Page<ServiceAccountRecord>>;
  /** How many a project has that are not deleted. */
  count(projectId: string): Promise<number>;
  /** Writes the record if the stored revision is the one before; false otherwise, or when the email is in use again. */
  update(record: ServiceAccountRecord): Promise<boolean>;
}
