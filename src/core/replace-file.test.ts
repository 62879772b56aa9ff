import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { replaceFile } from './replace-file.ts';

function testFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-core-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('replaceFile', () => {
  it('replaces contents and mode of the file that is there', (context) => {
    const folder = testFolder(context);
    const path = join(folder, 'f');
    writeFileSync(path, 'old and longer', { mode: 0o644 });
    replaceFile(path, 'new');
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['f']);
  });

  it('leaves nothing behind when it fails', (context) => {
    const folder = testFolder(context);
    mkdirSync(join(folder, 'taken', 'below'), { recursive: true });
    assert.throws(() => replaceFile(join(folder, 'taken'), 'new'), { syscall: 'rename' });
    assert.deepEqual(readdirSync(folder), ['taken']);
  });
});
