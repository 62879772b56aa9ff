import assert from 'node:assert/strict';
import { chmodSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { forEachStore, testFolder } from '../../store/test-stores.ts';
import { ensureOwnerToken, isOwnerToken } from './owner-token.ts';

forEachStore('owner-token', (open) => {
  test('is written once, for its owner alone', async (context) => {
    const [store, folder] = [await open(context), testFolder(context)];
    const token = (await ensureOwnerToken(store, folder)).reveal();
    assert.equal(readFileSync(join(folder, 'owner-token'), 'utf8'), `${token}\n`);
    assert.equal(statSync(join(folder, 'owner-token')).mode & 0o777, 0o600);
    assert.equal((await ensureOwnerToken(store, folder)).reveal(), token);
    assert.equal(await isOwnerToken(store, token), true);
    assert.deepEqual(readdirSync(folder), ['owner-token']);
  });

  for (const [fact, change] of [
    ['was deleted', (path: string) => rmSync(path)],
    ['holds another token', (path: string) => writeFileSync(path, 'gho_mine\n')],
  ] as const)
    test(`is replaced when its file ${fact}, which ends the old one`, async (context) => {
      const [store, folder] = [await open(context), testFolder(context)];
      const old = (await ensureOwnerToken(store, folder)).reveal();
      change(join(folder, 'owner-token'));
      const token = (await ensureOwnerToken(store, folder)).reveal();
      assert.deepEqual(
        [
          await isOwnerToken(store, old),
          await isOwnerToken(store, 'gho_mine'),
          await isOwnerToken(store, token),
        ],
        [false, false, true],
      );
    });

  test('is hidden again when others could read it', async (context) => {
    const [store, folder] = [await open(context), testFolder(context)];
    await ensureOwnerToken(store, folder);
    chmodSync(join(folder, 'owner-token'), 0o644);
    await ensureOwnerToken(store, folder);
    assert.equal(statSync(join(folder, 'owner-token')).mode & 0o777, 0o600);
  });
});
