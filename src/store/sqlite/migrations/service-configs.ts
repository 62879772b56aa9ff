import type { Migration } from 'kysely/migration';

/** Tables of `service-configs`. They go with their service when that is purged. */
export const serviceConfigMigrations: Readonly<Record<string, Migration>> = {
  '0101_service_configs': {
    async up(db) {
      await db.schema
        .createTable('service_configs')
        .addColumn('ordinal', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('service_name', 'text', (c) =>
          c.notNull().references('managed_services.service_name').onDelete('cascade'),
        )
        .addColumn('config_id', 'text', (c) => c.notNull())
        .addColumn('day', 'text')
        .addColumn('day_counter', 'integer')
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('service', 'blob', (c) => c.notNull())
        .addColumn('sources', 'blob')
        .addUniqueConstraint('service_configs_by_id', ['service_name', 'config_id'])
        .execute();
      await db.schema
        .createIndex('service_configs_by_day')
        .on('service_configs')
        .columns(['service_name', 'day', 'day_counter'])
        .execute();
    },
  },
};
