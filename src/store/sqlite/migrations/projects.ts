import type { Migration } from 'kysely/migration';

/** Tables of `projects`. */
export const projectMigrations: Readonly<Record<string, Migration>> = {
  '0001_projects': {
    async up(db) {
      await db.schema
        .createTable('projects')
        .addColumn('project_id', 'text', (c) => c.primaryKey())
        .addColumn('project_number', 'text', (c) => c.notNull().unique())
        .addColumn('display_name', 'text', (c) => c.notNull())
        .addColumn('labels', 'text', (c) => c.notNull())
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('deleted_at_ms', 'bigint')
        .execute();
    },
  },
};
