import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ConfigError } from '../../core/errors.ts';
import { migrations } from './migrations/index.ts';
import type { Tables } from './tables.ts';

/** Runs the migrations that the database lacks, all or none. Throws ConfigError when it has ones unknown here. */
export async function migrate(db: Kysely<Tables>, folder: string): Promise<void> {
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    // Each aggregate numbers its own; one that comes later may sort before one that has run.
    allowUnorderedMigrations: true,
  });
  await refuseNewer(db, folder);
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

async function refuseNewer(db: Kysely<Tables>, folder: string): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return;
  const done = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  const unknown = done.map((row) => row.name).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new ConfigError(
    folder,
    `the data was written by a newer version (schema ${unknown.join(', ')})`,
    'run that version or restore a backup',
  );
}
