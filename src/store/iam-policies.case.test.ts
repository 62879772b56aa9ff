import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { PolicySchema } from '../gen/google/iam/v1/policy_pb.ts';
import type { Policy } from '../gen/google/iam/v1/policy_pb.ts';
import { forEachStore } from './test-stores.ts';

forEachStore('iamPolicies', (open) => {
  test('counts how often a policy was set', async (context) => {
    const { iamPolicies } = await open(context);
    assert.equal(await iamPolicies.get('services/s'), undefined);
    assert.equal(await iamPolicies.put('services/s', policy('user:a')), 1);
    assert.equal(await iamPolicies.put('services/s', policy('user:b')), 2);
    assert.deepEqual(await iamPolicies.get('services/s'), {
      resource: 'services/s',
      policy: policy('user:b'),
      revision: 2,
    });
  });

  test('sets under the expected revision only', async (context) => {
    const { iamPolicies } = await open(context);
    assert.equal(await iamPolicies.put('services/s', policy('user:a'), 1), undefined);
    assert.equal(await iamPolicies.put('services/s', policy('user:a'), 0), 1);
    assert.equal(await iamPolicies.put('services/s', policy('user:b'), 0), undefined);
    assert.equal(await iamPolicies.put('services/s', policy('user:b'), 1), 2);
    assert.equal(await iamPolicies.put('services/s', policy('user:c'), -1), undefined);
    assert.deepEqual((await iamPolicies.get('services/s'))?.policy, policy('user:b'));
  });

  test('deletes a policy and those below it', async (context) => {
    const { iamPolicies } = await open(context);
    const names = ['services/s', 'services/s/consumers/c', 'services/s2', 'services'];
    for (const name of names) await iamPolicies.put(name, policy('user:a'));
    assert.equal(await iamPolicies.deleteTree('services/s'), 2);
    assert.equal(await iamPolicies.deleteTree('services/s'), 0);
    const kept = await Promise.all(names.map((name) => iamPolicies.get(name)));
    assert.deepEqual(
      kept.map((record) => record?.resource),
      [undefined, undefined, 'services/s2', 'services'],
    );
  });

  test('moves a policy under a new revision', async (context) => {
    const { iamPolicies } = await open(context);
    await iamPolicies.put('services/s', policy('user:a'));
    assert.equal(await iamPolicies.rename('services/s', 'services/t'), true);
    assert.equal(await iamPolicies.rename('services/s', 'services/t'), false);
    assert.equal(await iamPolicies.get('services/s'), undefined);
    assert.partialDeepStrictEqual(await iamPolicies.get('services/t'), {
      policy: policy('user:a'),
      revision: 2,
    });
  });

  test('renames a member everywhere and nobody else', async (context) => {
    const { iamPolicies } = await open(context);
    await iamPolicies.put('services/s', policy('user:a', 'user:ab'));
    await iamPolicies.put('services/t', policy('user:ab'));
    assert.equal(await iamPolicies.replaceMember('user:a', 'user:z'), 1);
    assert.partialDeepStrictEqual(await iamPolicies.get('services/s'), {
      policy: policy('user:z', 'user:ab'),
      revision: 2,
    });
    assert.equal((await iamPolicies.get('services/t'))?.revision, 1);
  });
});

function policy(...members: string[]): Policy {
  return create(PolicySchema, { version: 1, bindings: [{ role: 'roles/viewer', members }] });
}
