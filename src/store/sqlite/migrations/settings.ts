import type { Migration } from 'kysely/migration';

/** Tables of `settings`. */
export const settingMigrations: Readonly<Record<string, Migration>> = {
  '0009_settings': {
    async up(db) {
      await db.schema
        .createTable('settings')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('value_sealed', 'blob', (c) => c.notNull())
        .execute();
    },
  },
};
