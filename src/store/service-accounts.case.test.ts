import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceAccountRecord } from './service-accounts.ts';
import type { Store } from './store.ts';
import { forEachStore } from './test-stores.ts';

forEachStore('serviceAccounts', (open) => {
  test('finds an account by email and by unique id', async (context) => {
    const { serviceAccounts } = await withProject(await open(context));
    const record = account('1', 'a@p1');
    assert.equal(await serviceAccounts.insert(record), true);
    assert.deepEqual(await serviceAccounts.getByEmail('a@p1'), record);
    assert.deepEqual(await serviceAccounts.getByUniqueId('1'), record);
    assert.equal(await serviceAccounts.getByEmail('b@p1'), undefined);
  });

  test('refuses an email that is in use', async (context) => {
    const { serviceAccounts } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    assert.equal(await serviceAccounts.insert(account('2', 'a@p1')), false);
  });

  test('frees the email of a deleted account and remembers it', async (context) => {
    const { serviceAccounts } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    assert.equal(await serviceAccounts.wasDeleted('a@p1'), false);
    const deleted = { ...account('1', 'a@p1'), deletedAtMs: 9, revision: 2 };
    assert.equal(await serviceAccounts.update(deleted), true);
    assert.equal(await serviceAccounts.getByEmail('a@p1'), undefined);
    assert.deepEqual(await serviceAccounts.getByUniqueId('1'), deleted);
    assert.equal(await serviceAccounts.wasDeleted('a@p1'), true);
    assert.equal(await serviceAccounts.insert(account('2', 'a@p1')), true);
    assert.equal(await serviceAccounts.update({ ...account('1', 'a@p1'), revision: 3 }), false);
  });

  test('counts the live accounts of a project', async (context) => {
    const { serviceAccounts } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    await serviceAccounts.insert(account('2', 'b@p1'));
    await serviceAccounts.update({ ...account('1', 'a@p1'), deletedAtMs: 9, revision: 2 });
    assert.deepEqual([await serviceAccounts.count('p1'), await serviceAccounts.count('p2')], [1, 0]);
  });

  test('refuses an update under a stale revision', async (context) => {
    const { serviceAccounts } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    assert.equal(
      await serviceAccounts.update({ ...account('1', 'a@p1'), disabled: true, revision: 2 }),
      true,
    );
    assert.equal(await serviceAccounts.update({ ...account('1', 'a@p1'), revision: 2 }), false);
    assert.equal((await serviceAccounts.getByUniqueId('1'))?.disabled, true);
  });

  test('pages the live accounts of one project by email', async (context) => {
    const store = await withProject(await open(context));
    await store.projects.insert({
      projectId: 'p2',
      projectNumber: '2',
      displayName: '',
      labels: {},
      createdAtMs: 1,
    });
    const { serviceAccounts } = store;
    for (const [id, email] of [
      ['1', 'c@p1'],
      ['2', 'a@p1'],
      ['3', 'b@p1'],
    ] as const)
      await serviceAccounts.insert(account(id, email));
    await serviceAccounts.insert({ ...account('4', 'a@p2'), projectId: 'p2' });
    await serviceAccounts.update({ ...account('3', 'b@p1'), deletedAtMs: 1, revision: 2 });
    const first = await serviceAccounts.list('p1', { limit: 1 });
    assert.deepEqual(first, { records: [account('2', 'a@p1')], next: 'a@p1' });
    assert.deepEqual(await serviceAccounts.list('p1', { limit: 1, after: 'a@p1' }), {
      records: [account('1', 'c@p1')],
    });
  });
});

forEachStore('serviceAccountKeys', (open) => {
  const key = {
    keyId: 'k1',
    accountId: '1',
    certificatePem: 'PEM',
    validAfterMs: 1,
    validBeforeMs: 253402300799000,
    origin: 'GOOGLE_PROVIDED',
    disabled: false,
  } as const;

  test('keeps the keys of an account, oldest first', async (context) => {
    const { serviceAccounts, serviceAccountKeys } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    assert.equal(await serviceAccountKeys.insert({ ...key, keyId: 'k2', validAfterMs: 2 }), true);
    assert.equal(await serviceAccountKeys.insert(key), true);
    assert.equal(await serviceAccountKeys.insert(key), false);
    assert.deepEqual(await serviceAccountKeys.get('k1'), key);
    assert.deepEqual(
      (await serviceAccountKeys.list('1')).map(({ keyId }) => keyId),
      ['k1', 'k2'],
    );
  });

  test('disables and deletes a key', async (context) => {
    const { serviceAccounts, serviceAccountKeys } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    await serviceAccountKeys.insert(key);
    assert.equal(await serviceAccountKeys.setDisabled('k1', true), true);
    assert.equal((await serviceAccountKeys.get('k1'))?.disabled, true);
    assert.equal(await serviceAccountKeys.delete('k1'), true);
    assert.equal(await serviceAccountKeys.delete('k1'), false);
    assert.equal(await serviceAccountKeys.setDisabled('k1', true), false);
  });

  test('refuses a key of no account', async (context) => {
    const { serviceAccountKeys } = await open(context);
    await assert.rejects(serviceAccountKeys.insert(key));
  });
});

forEachStore('accessTokens', (open) => {
  test('finds a token by its text and forgets it after it expired', async (context) => {
    const { serviceAccounts, accessTokens } = await withProject(await open(context));
    await serviceAccounts.insert(account('1', 'a@p1'));
    const record = { accountId: '1', scopes: ['s1', 's2'], expiresAtMs: 100 };
    await accessTokens.insert('t1', record, 0);
    assert.deepEqual(await accessTokens.get('t1'), record);
    assert.equal(await accessTokens.get('t2'), undefined);
    await accessTokens.insert('t2', { ...record, scopes: [], expiresAtMs: 300 }, 100);
    assert.equal(await accessTokens.get('t1'), undefined);
    assert.deepEqual((await accessTokens.get('t2'))?.scopes, []);
  });
});

function account(uniqueId: string, email: string): ServiceAccountRecord {
  return {
    uniqueId,
    projectId: 'p1',
    email,
    displayName: 'n',
    description: 'd',
    disabled: false,
    createdAtMs: 5,
    revision: 1,
  };
}

async function withProject(store: Store): Promise<Store> {
  await store.projects.insert({
    projectId: 'p1',
    projectNumber: '1',
    displayName: '',
    labels: {},
    createdAtMs: 1,
  });
  return store;
}
