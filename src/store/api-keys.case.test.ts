import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Secret } from '../core/secret.ts';
import { RestrictionsSchema } from '../gen/google/api/apikeys/v2/resources_pb.ts';
import type { ApiKeyRecord } from './api-keys.ts';
import type { Store } from './store.ts';
import { forEachStore } from './test-stores.ts';

forEachStore('apiKeys', (open) => {
  test('finds a key by name, uid and string', async (context) => {
    const { apiKeys } = await withProject(await open(context));
    const record: ApiKeyRecord = {
      ...key('u1'),
      restrictions: create(RestrictionsSchema, { apiTargets: [{ service: 's' }] }),
      annotations: { a: 'b' },
      serviceAccountEmail: 'a@b',
      deletedAtMs: 4,
    };
    assert.equal(await apiKeys.insert(record), true);
    for (const found of [
      await apiKeys.get('p1', 'id-u1'),
      await apiKeys.getByUid('u1'),
      await apiKeys.findByKeyString('string-u1'),
    ]) {
      assert.equal(found?.keyString.reveal(), 'string-u1');
      assert.deepEqual({ ...found, keyString: undefined }, { ...record, keyString: undefined });
    }
    assert.equal(await apiKeys.findByKeyString('string-u2'), undefined);
  });

  test('refuses a name or a string that is taken', async (context) => {
    const { apiKeys } = await withProject(await open(context));
    await apiKeys.insert(key('u1'));
    assert.equal(await apiKeys.insert({ ...key('u2'), keyId: 'id-u1' }), false);
    assert.equal(await apiKeys.insert({ ...key('u2'), keyString: new Secret('string-u1') }), false);
    assert.equal(await apiKeys.insert(key('u2')), true);
  });

  test('pages by uid, deleted ones only when asked for', async (context) => {
    const { apiKeys } = await withProject(await open(context));
    for (const uid of ['u3', 'u1', 'u2']) await apiKeys.insert(key(uid));
    await apiKeys.update({ ...key('u2'), deletedAtMs: 9, revision: 2 });
    const uids = async (options: { showDeleted?: boolean; after?: string }): Promise<string[]> =>
      (await apiKeys.list('p1', { limit: 2, ...options })).records.map(({ uid }) => uid);
    assert.deepEqual(await uids({}), ['u1', 'u3']);
    assert.deepEqual(await uids({ showDeleted: true }), ['u1', 'u2']);
    assert.deepEqual(await uids({ showDeleted: true, after: 'u2' }), ['u3']);
    assert.deepEqual([await apiKeys.count('p1'), await apiKeys.count('p2')], [2, 0]);
  });

  test('updates under the revision before and keeps string and names', async (context) => {
    const { apiKeys } = await withProject(await open(context));
    await apiKeys.insert(key('u1'));
    const changed = { ...key('u1'), keyId: 'x', keyString: new Secret('x'), displayName: 'New', revision: 2 };
    assert.equal(await apiKeys.update(changed), true);
    assert.equal(await apiKeys.update(changed), false);
    const found = await apiKeys.get('p1', 'id-u1');
    assert.equal(found?.displayName, 'New');
    assert.equal(found.keyString.reveal(), 'string-u1');
  });

  test('purges what was deleted before then and remembers the strings', async (context) => {
    const { apiKeys } = await withProject(await open(context));
    for (const uid of ['u1', 'u2', 'u3']) await apiKeys.insert(key(uid));
    await apiKeys.update({ ...key('u1'), deletedAtMs: 10, revision: 2 });
    await apiKeys.update({ ...key('u2'), deletedAtMs: 20, revision: 2 });
    assert.equal(await apiKeys.purge(20), 1);
    assert.equal(await apiKeys.getByUid('u1'), undefined);
    assert.equal(await apiKeys.wasPurged('string-u1'), true);
    assert.equal(await apiKeys.wasPurged('string-u2'), false);
    assert.equal((await apiKeys.getByUid('u2'))?.uid, 'u2');
  });
});

function key(uid: string): ApiKeyRecord {
  return {
    uid,
    keyId: `id-${uid}`,
    projectId: 'p1',
    displayName: 'n',
    keyString: new Secret(`string-${uid}`),
    annotations: {},
    createdAtMs: 1,
    updatedAtMs: 2,
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
