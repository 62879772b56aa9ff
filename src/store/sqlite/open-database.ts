import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** WAL with a flush at every commit: what was acknowledged survives the loss of power too. */
const pragmas = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON';
/** How long to wait for an outside reader, such as a backup, at a checkpoint. It holds up everything, so not long. */
const busyTimeoutMs = 1000;

/** Opens or makes a database file, readable by its owner alone. */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    chmodSync(path, 0o600);
    database.exec(pragmas);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
