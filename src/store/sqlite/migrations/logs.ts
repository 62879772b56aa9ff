import type { Migration } from 'kysely/migration';

/** Tables of `logs`. */
export const logMigrations: Readonly<Record<string, Migration>> = {
  '0203_logs': {
    async up(db) {
      await db.schema
        .createTable('log_entries')
        .addColumn('ordinal', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('project_id', 'text', (c) => c.notNull())
        .addColumn('log_name', 'text', (c) => c.notNull())
        .addColumn('service_name', 'text', (c) => c.notNull())
        .addColumn('method', 'text', (c) => c.notNull())
        .addColumn('severity', 'integer', (c) => c.notNull())
        .addColumn('timestamp_ms', 'bigint', (c) => c.notNull())
        .addColumn('entry', 'blob', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('log_entries_by_time')
        .on('log_entries')
        .columns(['project_id', 'timestamp_ms', 'ordinal'])
        .execute();
      await db.schema
        .createIndex('log_entries_by_service')
        .on('log_entries')
        .columns(['project_id', 'service_name', 'timestamp_ms', 'ordinal'])
        .execute();
    },
  },
};
