import type { Migration } from 'kysely/migration';

/** Tables of `managed-services`. */
export const managedServiceMigrations: Readonly<Record<string, Migration>> = {
  '0100_managed_services': {
    async up(db) {
      await db.schema
        .createTable('managed_services')
        .addColumn('service_name', 'text', (c) => c.primaryKey())
        .addColumn('producer_project_id', 'text', (c) => c.notNull())
        .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('deleted_at_ms', 'bigint')
        .execute();
      await db.schema
        .createIndex('managed_services_by_project')
        .on('managed_services')
        .columns(['producer_project_id', 'service_name'])
        .execute();
    },
  },
};
