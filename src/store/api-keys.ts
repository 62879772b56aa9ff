import type { Secret } from '../core/secret.ts';
import type { Restrictions } from '../gen/google/api/apikeys/v2/resources_pb.ts';
import type { Page, PageRequest } from './page.ts';

/** An API key. The key string rests encrypted and is found by its SHA-256. */
export interface ApiKeyRecord {
  readonly uid: string;
  /** Last segment of the name; the uid unless the caller chose one. Unique in its project. */
  readonly keyId: string;
  readonly projectId: string;
  readonly displayName: string;
  readonly keyString: Secret;
  readonly restrictions?: Restrictions;
  readonly annotations: Readonly<Record<string, string>>;
  readonly serviceAccountEmail?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Set while the key can still be undeleted. */
  readonly deletedAtMs?: number;
  /** Grows with every change; the etag is made from it. */
  readonly revision: number;
}

/** API keys of all projects. */
export interface ApiKeyStore {
  /** False when the key id is taken in the project, or the key string exists. */
  insert(record: ApiKeyRecord): Promise<boolean>;
  /** Deleted ones included. */
  get(projectId: string, keyId: string): Promise<ApiKeyRecord | undefined>;
  getByUid(uid: string): Promise<ApiKeyRecord | undefined>;
  /** Deleted ones included: the caller decides what a deleted key means. */
  findByKeyString(keyString: string): Promise<ApiKeyRecord | undefined>;
  /** Whether a key with this string existed and was removed for good. */
  wasPurged(keyString: string): Promise<boolean>;
  /** By uid. */
  list(
    projectId: string,
    options: PageRequest & { readonly showDeleted?: boolean },
  ): Promise<Page<ApiKeyRecord>>;
  /** How many a project has that are not deleted. */
  count(projectId: string): Promise<number>;
  /** Writes all but key string and ids if the stored revision is the one before; false otherwise. */
  update(record: ApiKeyRecord): Promise<boolean>;
  /** Removes the keys that were deleted before `deletedBeforeMs`, keeping the hash of their strings; returns how many. */
  purge(deletedBeforeMs: number): Promise<number>;
}
