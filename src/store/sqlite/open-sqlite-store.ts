import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ConfigError, errorMessage } from '../../core/errors.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { Secret } from '../../core/secret.ts';
import { SecretBox, secretBoxKeyBytes } from '../secret-box.ts';
import type { Store } from '../store.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrate.ts';
import { NodeSqliteDialect } from './node-sqlite-dialect.ts';
import { openDatabase } from './open-database.ts';
import { createSqliteStore } from './sqlite-store.ts';

const databaseName = 'gatehouse.sqlite';
const keyName = 'secret.key';

/** Opens the folder's database. Errors as openStore documents them. */
export async function openSqliteStore(folder: string): Promise<Store> {
  makeFolder(folder);
  const lock = lockFolder(folder);
  let database: DatabaseSync | undefined;
  try {
    const path = join(folder, databaseName);
    const box = new SecretBox(readKey(join(folder, keyName), existsSync(path)));
    database = openDatabase(path);
    const dialect = new NodeSqliteDialect(database);
    const { store, db } = createSqliteStore({ dialect, box, release: () => lock.release() });
    await migrate(db, folder);
    return store;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    lock.release();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(folder, `cannot make the data folder: ${errorMessage(error)}`, undefined, {
      cause: error,
    });
  }
}

/** The key that seals secrets, made with the database. Without it the sealed values are lost: back up both. */
function readKey(path: string, hasDatabase: boolean): Secret<Uint8Array> {
  if (!existsSync(path)) {
    if (hasDatabase)
      throw new ConfigError(path, 'is missing beside its database', 'restore it from a backup');
    // Whole or not at all: half a key would make the folder useless.
    replaceFile(path, randomBytes(secretBoxKeyBytes));
  }
  const key = readFileSync(path);
  if (key.length !== secretBoxKeyBytes)
    throw new ConfigError(
      path,
      `has ${key.length} bytes instead of ${secretBoxKeyBytes}`,
      'restore it from a backup',
    );
  return new Secret<Uint8Array>(key);
}
