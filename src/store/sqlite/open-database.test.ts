import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { testFolder } from '../test-stores.ts';
import { openDatabase } from './open-database.ts';

describe('openDatabase', () => {
  test('flushes every commit to a write-ahead log and checks foreign keys', (context) => {
    const path = join(testFolder(context), 'a.sqlite');
    const database = openDatabase(path);
    context.after(() => database.close());
    const pragma = (name: string): unknown =>
      Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    assert.equal(pragma('journal_mode'), 'wal');
    // 2 is FULL. Source: sqlite.org/pragma.html#pragma_synchronous.
    assert.equal(pragma('synchronous'), 2);
    assert.equal(pragma('foreign_keys'), 1);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('refuses a file that is no database and lets go of it', (context) => {
    const folder = testFolder(context);
    assert.throws(() => openDatabase(folder));
  });
});
