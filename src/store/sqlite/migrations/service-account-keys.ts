import type { Migration } from 'kysely/migration';

/** Tables of `serviceAccountKeys`. */
export const serviceAccountKeyMigrations: Readonly<Record<string, Migration>> = {
  '0003_service_account_keys': {
    async up(db) {
      await db.schema
        .createTable('service_account_keys')
        .addColumn('key_id', 'text', (c) => c.primaryKey())
        .addColumn('account_id', 'text', (c) => c.notNull().references('service_accounts.unique_id'))
        .addColumn('certificate_pem', 'text', (c) => c.notNull())
        .addColumn('valid_after_ms', 'bigint', (c) => c.notNull())
        .addColumn('valid_before_ms', 'bigint', (c) => c.notNull())
        .addColumn('origin', 'text', (c) => c.notNull())
        .addColumn('disabled', 'integer', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('service_account_keys_by_account')
        .on('service_account_keys')
        .columns(['account_id', 'valid_after_ms', 'key_id'])
        .execute();
    },
  },
};
