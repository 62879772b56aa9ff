import type { Migration } from 'kysely/migration';

/** Tables of `quota`. */
export const quotaMigrations: Readonly<Record<string, Migration>> = {
  '0201_quota': {
    async up(db) {
      await db.schema
        .createTable('quota_counters')
        .addColumn('service_name', 'text', (c) => c.notNull())
        .addColumn('project_number', 'text', (c) => c.notNull())
        .addColumn('metric', 'text', (c) => c.notNull())
        .addColumn('window_ms', 'bigint', (c) => c.notNull())
        .addColumn('window_start_ms', 'bigint', (c) => c.notNull())
        .addColumn('spent', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('quota_counters_pk', [
          'service_name',
          'project_number',
          'metric',
          'window_ms',
          'window_start_ms',
        ])
        .execute();
      await db.schema
        .createIndex('quota_counters_by_start')
        .on('quota_counters')
        .column('window_start_ms')
        .execute();
      await db.schema
        .createTable('quota_overrides')
        .addColumn('service_name', 'text', (c) => c.notNull())
        .addColumn('project_number', 'text', (c) => c.notNull())
        .addColumn('metric', 'text', (c) => c.notNull())
        .addColumn('unit', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('override_id', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('quota_overrides_pk', [
          'service_name',
          'project_number',
          'metric',
          'unit',
          'kind',
        ])
        .execute();
    },
  },
};
