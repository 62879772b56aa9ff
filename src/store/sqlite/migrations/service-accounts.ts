import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Tables of `serviceAccounts`. */
export const serviceAccountMigrations: Readonly<Record<string, Migration>> = {
  '0002_service_accounts': {
    async up(db) {
      await db.schema
        .createTable('service_accounts')
        .addColumn('unique_id', 'text', (c) => c.primaryKey())
        .addColumn('project_id', 'text', (c) => c.notNull().references('projects.project_id'))
        .addColumn('email', 'text', (c) => c.notNull())
        .addColumn('display_name', 'text', (c) => c.notNull())
        .addColumn('description', 'text', (c) => c.notNull())
        .addColumn('disabled', 'integer', (c) => c.notNull())
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('deleted_at_ms', 'bigint')
        .addColumn('revision', 'integer', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('service_accounts_live_email')
        .on('service_accounts')
        .column('email')
        .unique()
        .where(sql.ref('deleted_at_ms'), 'is', null)
        .execute();
      await db.schema
        .createIndex('service_accounts_by_project')
        .on('service_accounts')
        .columns(['project_id', 'email'])
        .execute();
    },
  },
};
