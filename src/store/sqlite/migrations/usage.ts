import type { Migration } from 'kysely/migration';

/** Tables of `usage`. */
export const usageMigrations: Readonly<Record<string, Migration>> = {
  '0202_usage': {
    async up(db) {
      await db.schema
        .createTable('usage_series')
        .addColumn('series_key', 'text', (c) => c.primaryKey())
        .addColumn('service_name', 'text', (c) => c.notNull())
        .addColumn('metric', 'text', (c) => c.notNull())
        .addColumn('consumer_project', 'text', (c) => c.notNull())
        .addColumn('method', 'text', (c) => c.notNull())
        .addColumn('version', 'text', (c) => c.notNull())
        .addColumn('location', 'text', (c) => c.notNull())
        .addColumn('labels', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('usage_series_by_metric')
        .on('usage_series')
        .columns(['service_name', 'metric', 'consumer_project'])
        .execute();
      await db.schema
        .createTable('usage_points')
        .addColumn('series_key', 'text', (c) => c.notNull())
        .addColumn('step_ms', 'bigint', (c) => c.notNull())
        .addColumn('start_ms', 'bigint', (c) => c.notNull())
        .addColumn('int_value', 'text')
        .addColumn('double_value', 'real')
        .addColumn('distribution_value', 'blob')
        .addPrimaryKeyConstraint('usage_points_pk', ['series_key', 'step_ms', 'start_ms'])
        .execute();
      await db.schema
        .createIndex('usage_points_by_start')
        .on('usage_points')
        .columns(['step_ms', 'start_ms'])
        .execute();
      await db.schema
        .createTable('reported_operations')
        .addColumn('service_name', 'text', (c) => c.notNull())
        .addColumn('operation_id', 'text', (c) => c.notNull())
        .addColumn('reported_at_ms', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('reported_operations_pk', ['service_name', 'operation_id'])
        .execute();
      await db.schema
        .createIndex('reported_operations_by_time')
        .on('reported_operations')
        .column('reported_at_ms')
        .execute();
    },
  },
};
