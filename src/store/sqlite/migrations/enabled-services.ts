import type { Migration } from 'kysely/migration';

/** Tables of `enabledServices`. */
export const enabledServiceMigrations: Readonly<Record<string, Migration>> = {
  '0006_enabled_services': {
    async up(db) {
      await db.schema
        .createTable('enabled_services')
        .addColumn('project_id', 'text', (c) => c.notNull().references('projects.project_id'))
        .addColumn('service_name', 'text', (c) => c.notNull())
        .addColumn('enabled_at_ms', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('enabled_services_pk', ['project_id', 'service_name'])
        .execute();
      await db.schema
        .createIndex('enabled_services_by_service')
        .on('enabled_services')
        .columns(['service_name', 'project_id'])
        .execute();
    },
  },
};
