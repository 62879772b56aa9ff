import type { Migration } from 'kysely/migration';

/** Tables of `rollouts`. They go with their service when that is purged. */
export const rolloutMigrations: Readonly<Record<string, Migration>> = {
  '0102_rollouts': {
    async up(db) {
      await db.schema
        .createTable('rollouts')
        .addColumn('ordinal', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('service_name', 'text', (c) =>
          c.notNull().references('managed_services.service_name').onDelete('cascade'),
        )
        .addColumn('rollout_id', 'text', (c) => c.notNull())
        .addColumn('day', 'text')
        .addColumn('day_counter', 'integer')
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('status', 'integer', (c) => c.notNull())
        .addColumn('strategy', 'text', (c) => c.notNull())
        .addColumn('rollout', 'blob', (c) => c.notNull())
        .addUniqueConstraint('rollouts_by_id', ['service_name', 'rollout_id'])
        .execute();
      await db.schema
        .createIndex('rollouts_by_day')
        .on('rollouts')
        .columns(['service_name', 'day', 'day_counter'])
        .execute();
      await db.schema
        .createIndex('rollouts_by_status')
        .on('rollouts')
        .columns(['service_name', 'status', 'ordinal'])
        .execute();
    },
  },
};
