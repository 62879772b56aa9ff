import type { Migration } from 'kysely/migration';

/** Tables of `apiKeys`. */
export const apiKeyMigrations: Readonly<Record<string, Migration>> = {
  '0004_api_keys': {
    async up(db) {
      await db.schema
        .createTable('api_keys')
        .addColumn('uid', 'text', (c) => c.primaryKey())
        .addColumn('key_id', 'text', (c) => c.notNull())
        .addColumn('project_id', 'text', (c) => c.notNull().references('projects.project_id'))
        .addColumn('display_name', 'text', (c) => c.notNull())
        .addColumn('key_hash', 'text', (c) => c.notNull().unique())
        .addColumn('key_sealed', 'blob', (c) => c.notNull())
        .addColumn('restrictions', 'text')
        .addColumn('annotations', 'text', (c) => c.notNull())
        .addColumn('service_account_email', 'text')
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('updated_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('deleted_at_ms', 'bigint')
        .addColumn('revision', 'integer', (c) => c.notNull())
        .addUniqueConstraint('api_keys_by_name', ['project_id', 'key_id'])
        .execute();
      await db.schema
        .createTable('purged_api_keys')
        .addColumn('key_hash', 'text', (c) => c.primaryKey())
        .execute();
    },
  },
};
