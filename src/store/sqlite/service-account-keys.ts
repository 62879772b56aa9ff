import type { ServiceAccountKeyRecord, ServiceAccountKeyStore } from '../service-account-keys.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface ServiceAccountKeyRow {
  readonly key_id: string;
  readonly account_id: string;
  readonly certificate_pem: string;
  readonly valid_after_ms: number;
  readonly valid_before_ms: number;
  readonly origin: ServiceAccountKeyRecord['origin'];
  readonly disabled: number;
}

export interface ServiceAccountKeyTables {
  readonly service_account_keys: ServiceAccountKeyRow;
}

/** {@link ServiceAccountKeyStore} on SQLite. */
export function createServiceAccountKeys({ db }: SqliteContext): ServiceAccountKeyStore {
  return {
    async insert(record) {
      const result = await db
        .insertInto('service_account_keys')
        .values(toRow(record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async get(keyId) {
      const row = await db
        .selectFrom('service_account_keys')
        .selectAll()
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async list(accountId) {
      const rows = await db
        .selectFrom('service_account_keys')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('valid_after_ms')
        .orderBy('key_id')
        .execute();
      return rows.map(fromRow);
    },
    async setDisabled(keyId, disabled) {
      const result = await db
        .updateTable('service_account_keys')
        .set({ disabled: disabled ? 1 : 0 })
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async delete(keyId) {
      const result = await db
        .deleteFrom('service_account_keys')
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      return result.numDeletedRows === 1n;
    },
  };
}

function toRow(record: ServiceAccountKeyRecord): ServiceAccountKeyRow {
  return {
    key_id: record.keyId,
    account_id: record.accountId,
    certificate_pem: record.certificatePem,
    valid_after_ms: record.validAfterMs,
    valid_before_ms: record.validBeforeMs,
    origin: record.origin,
    disabled: record.disabled ? 1 : 0,
  };
}

function fromRow(row: ServiceAccountKeyRow): ServiceAccountKeyRecord {
  return {
    keyId: row.key_id,
    accountId: row.account_id,
    certificatePem: row.certificate_pem,
    validAfterMs: row.valid_after_ms,
    validBeforeMs: row.valid_before_ms,
    origin: row.origin,
    disabled: row.disabled === 1,
  };
}
