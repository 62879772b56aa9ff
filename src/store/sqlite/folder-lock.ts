import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../core/errors.ts';

const lockName = 'lock.sqlite';
const holderName = 'lock.pid';
/** SQLITE_BUSY. Source: sqlite.org/rescode.html. */
const sqliteBusy = 5;

/** Exclusive use of a data folder until released. The operating system ends it with the process, however it dies. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder. The lock is SQLite's own on a database that holds nothing: a POSIX file lock, which needs no
 * clean-up after kill -9. Throws GatewayError STORE_LOCKED naming the holder.
 */
export function lockFolder(folder: string): FolderLock {
  const database = new DatabaseSync(join(folder, lockName), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw error;
    throw locked(folder, error);
  }
  // Beside the lock and not in it: reading the lock file would drop the reader's own POSIX locks on it.
  const holder = join(folder, holderName);
  writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      if (!database.isOpen) return;
      rmSync(holder, { force: true });
      database.close();
    },
  };
}

function locked(folder: string, cause: unknown): GatewayError {
  const pid = readHolder(join(folder, holderName));
  return new GatewayError('STORE_LOCKED', {
    message: `another process (pid ${pid ?? 'unknown'}) holds the data folder ${folder}`,
    ...(pid === undefined ? {} : { details: { pid } }),
    cause,
  });
}

function readHolder(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    // The holder has the lock but has not written its number yet.
    return undefined;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}
