import type { Migration } from 'kysely/migration';

/** Tables of `accessTokens`. */
export const accessTokenMigrations: Readonly<Record<string, Migration>> = {
  '0008_access_tokens': {
    async up(db) {
      await db.schema
        .createTable('access_tokens')
        .addColumn('token_hash', 'text', (c) => c.primaryKey())
        .addColumn('account_id', 'text', (c) => c.notNull().references('service_accounts.unique_id'))
        .addColumn('scopes', 'text', (c) => c.notNull())
        .addColumn('expires_at_ms', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('access_tokens_by_expiry')
        .on('access_tokens')
        .column('expires_at_ms')
        .execute();
    },
  },
};
