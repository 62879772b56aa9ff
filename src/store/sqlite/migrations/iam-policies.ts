import type { Migration } from 'kysely/migration';

/** Tables of `iamPolicies`. */
export const iamPolicyMigrations: Readonly<Record<string, Migration>> = {
  '0005_iam_policies': {
    async up(db) {
      await db.schema
        .createTable('iam_policies')
        .addColumn('resource', 'text', (c) => c.primaryKey())
        .addColumn('policy', 'text', (c) => c.notNull())
        .addColumn('revision', 'integer', (c) => c.notNull())
        .execute();
    },
  },
};
