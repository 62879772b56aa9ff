import { fromJsonString, toJsonString } from '@bufbuild/protobuf';
import { Secret } from '../../core/secret.ts';
import { RestrictionsSchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { ApiKeyRecord, ApiKeyStore } from '../api-keys.ts';
import { lookupHash } from '../hash.ts';
import { toPage } from '../page.ts';
import type { SecretBox } from '../secret-box.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface ApiKeyRow {
  readonly uid: string;
  readonly key_id: string;
  readonly project_id: string;
  readonly display_name: string;
  readonly key_hash: string;
  readonly key_sealed: Uint8Array;
  readonly restrictions: string | null;
  readonly annotations: string;
  readonly service_account_email: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly deleted_at_ms: number | null;
  readonly revision: number;
}

export interface ApiKeyTables {
  readonly api_keys: ApiKeyRow;
  readonly purged_api_keys: { readonly key_hash: string };
}

/** {@link ApiKeyStore} on SQLite. */
export function createApiKeys({ db, box }: SqliteContext): ApiKeyStore {
  const one = async (column: 'uid' | 'key_hash', value: string): Promise<ApiKeyRecord | undefined> => {
    const row = await db.selectFrom('api_keys').selectAll().where(column, '=', value).executeTakeFirst();
    return row && fromRow(row, box);
  };
  return {
    async insert(record) {
      const result = await db
        .insertInto('api_keys')
        .values(toRow(record, box))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async get(projectId, keyId) {
      const row = await db
        .selectFrom('api_keys')
        .selectAll()
        .where('project_id', '=', projectId)
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return row && fromRow(row, box);
    },
    getByUid: (uid) => one('uid', uid),
    findByKeyString: (keyString) => one('key_hash', lookupHash(keyString)),
    async wasPurged(keyString) {
      const row = await db
        .selectFrom('purged_api_keys')
        .selectAll()
        .where('key_hash', '=', lookupHash(keyString))
        .executeTakeFirst();
      return row !== undefined;
    },
    async list(projectId, { limit, after = '', showDeleted = false }) {
      const rows = await db
        .selectFrom('api_keys')
        .selectAll()
        .where('project_id', '=', projectId)
        .where('uid', '>', after)
        .$if(!showDeleted, (query) => query.where('deleted_at_ms', 'is', null))
        .orderBy('uid')
        .limit(limit + 1)
        .execute();
      return toPage(
        rows.map((row) => fromRow(row, box)),
        limit,
        (record) => record.uid,
      );
    },
    async count(projectId) {
      const row = await db
        .selectFrom('api_keys')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('project_id', '=', projectId)
        .where('deleted_at_ms', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async update(record) {
      const {
        uid,
        key_id: _,
        project_id: __,
        key_hash: ___,
        key_sealed: ____,
        ...change
      } = toRow(record, box);
      const result = await db
        .updateTable('api_keys')
        .set(change)
        .where('uid', '=', uid)
        .where('revision', '=', record.revision - 1)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    purge: (deletedBeforeMs) => purge({ db, box }, deletedBeforeMs),
  };
}

/** The tombstones go first: torn between the two, a key is both deleted and purged, and both lock it out. */
async function purge({ db }: SqliteContext, deletedBeforeMs: number): Promise<number> {
  await db
    .insertInto('purged_api_keys')
    .columns(['key_hash'])
    .expression((e) =>
      e.selectFrom('api_keys').select('key_hash').where('deleted_at_ms', '<', deletedBeforeMs),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const result = await db
    .deleteFrom('api_keys')
    .where('deleted_at_ms', '<', deletedBeforeMs)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

function toRow(record: ApiKeyRecord, box: SecretBox): ApiKeyRow {
  const keyString = record.keyString.reveal();
  return {
    uid: record.uid,
    key_id: record.keyId,
    project_id: record.projectId,
    display_name: record.displayName,
    key_hash: lookupHash(keyString),
    key_sealed: box.seal(place(record.uid), keyString),
    restrictions: record.restrictions ? toJsonString(RestrictionsSchema, record.restrictions) : null,
    annotations: JSON.stringify(record.annotations),
    service_account_email: record.serviceAccountEmail ?? null,
    created_at_ms: record.createdAtMs,
    updated_at_ms: record.updatedAtMs,
    deleted_at_ms: record.deletedAtMs ?? null,
    revision: record.revision,
  };
}

function fromRow(row: ApiKeyRow, box: SecretBox): ApiKeyRecord {
  return {
    uid: row.uid,
    keyId: row.key_id,
    projectId: row.project_id,
    displayName: row.display_name,
    keyString: new Secret(box.open(place(row.uid), row.key_sealed).toString()),
    ...(row.restrictions === null
      ? {}
      : { restrictions: fromJsonString(RestrictionsSchema, row.restrictions) }),
    annotations: JSON.parse(row.annotations) as Record<string, string>, // Written by toRow.
    ...(row.service_account_email === null ? {} : { serviceAccountEmail: row.service_account_email }),
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    ...(row.deleted_at_ms === null ? {} : { deletedAtMs: row.deleted_at_ms }),
    revision: row.revision,
  };
}

function place(uid: string): string {
  return `api_keys/${uid}`;
}
