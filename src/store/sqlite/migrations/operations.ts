import type { Migration } from 'kysely/migration';

/** Tables of `operations`. */
export const operationMigrations: Readonly<Record<string, Migration>> = {
  '0007_operations': {
    async up(db) {
      await db.schema
        .createTable('operations')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('api', 'text', (c) => c.notNull())
        .addColumn('resource', 'text', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('started_at_ms', 'bigint', (c) => c.notNull())
        .addColumn('operation_sealed', 'blob', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('operations_by_resource')
        .on('operations')
        .columns(['api', 'resource', 'started_at_ms', 'name'])
        .execute();
    },
  },
};
