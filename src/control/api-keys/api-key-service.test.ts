import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { errorOf, startTestControl } from '../test-control.ts';
import type { TestControl } from '../test-control.ts';
import { generateKeyString } from './key-string.ts';

const project = 'shop-prod';
const keys = `/v2/projects/${project}/locations/global/keys`;
const dayMs = 24 * 3_600_000;

type Json = Readonly<Record<string, unknown>>;

async function startBench(context: TestContext): Promise<TestControl> {
  const control = await startTestControl(context);
  await control.ok('POST', '/v1/projects', { projectId: project });
  return control;
}

/** The key in the response of an operation that is done. */
async function done(call: Promise<Json>): Promise<Json> {
  const operation = await call;
  assert.equal(operation['done'], true);
  const { '@type': type, ...key } = operation['response'] as Json;
  assert.equal(type, 'type.googleapis.com/google.api.apikeys.v2.Key');
  return key;
}

function makeKey(control: TestControl, body: unknown = { displayName: 'Web' }, keyId = 'web'): Promise<Json> {
  return done(control.ok('POST', `${keys}?keyId=${keyId}`, body));
}

describe('createApiKeyService', () => {
  test('creates a key whose operation carries the key string', async (context) => {
    const control = await startBench(context);
    const { projectNumber } = await control.ok('GET', `/v1/projects/${project}`);
    const operation = await control.ok('POST', keys, { displayName: 'Web', annotations: { a: 'b' } });
    assert.match(
      String(operation['name']),
      new RegExp(`^operations/akmf\\.p7-${String(projectNumber)}-[0-9a-f-]{36}$`),
    );
    const key = await done(Promise.resolve(operation));
    assert.match(String(key['keyString']), /^AIzaSy[0-9A-Za-z_-]{33}$/);
    assert.match(String(key['etag']), /^W\/"[A-Za-z0-9+/]+=*"$/);
    assert.equal(
      key['name'],
      `projects/${String(projectNumber)}/locations/global/keys/${String(key['uid'])}`,
    );
    assert.partialDeepStrictEqual(key, {
      displayName: 'Web',
      annotations: { a: 'b' },
      createTime: '2026-01-01T00:00:00Z',
    });
    for (const version of ['v1', 'v2'])
      assert.deepEqual(await control.ok('GET', `/${version}/${String(operation['name'])}`), operation);
  });

  test('makes three hundred keys in a project at most', async (context) => {
    const control = await startBench(context);
    const { store } = control;
    const createdAtMs = control.clock.nowMs();
    await store.transaction(async (tx) => {
      for (let i = 0; i < 300; i++)
        await tx.apiKeys.insert({
          uid: `uid-${i}`,
          keyId: `key-${i}`,
          projectId: project,
          displayName: '',
          keyString: generateKeyString(),
          annotations: {},
          createdAtMs,
          updatedAtMs: createdAtMs,
          revision: 1,
        });
    });
    assert.equal(errorOf(await control.call('POST', keys, {})).status, 'RESOURCE_EXHAUSTED');
    await control.ok('DELETE', `${keys}/key-7`);
    await control.ok('POST', keys, {});
  });

  test('shows the key string by keyString alone', async (context) => {
    const control = await startBench(context);
    const { keyString, ...rest } = await makeKey(control);
    assert.deepEqual(await control.ok('GET', `${keys}/web`), rest);
    assert.deepEqual(await control.ok('GET', `${keys}/web/keyString`), { keyString });
    assert.deepEqual(await control.ok('GET', keys), { keys: [rest] });
  });

  test('finds a key by the project number', async (context) => {
    const control = await startBench(context);
    const { name } = await makeKey(control);
    assert.equal((await control.ok('GET', `/v2/${String(name)}`))['displayName'], 'Web');
  });

  test('looks a key string up', async (context) => {
    const control = await startBench(context);
    const { keyString, name } = await makeKey(control);
    const found = await control.ok('GET', `/v2/keys:lookupKey?keyString=${String(keyString)}`);
    assert.deepEqual(found, { name, parent: String(name).replace(/\/keys\/.*/, '') });
    assert.equal((await control.call('GET', '/v2/keys:lookupKey?keyString=AIzaNone')).status, 403);
  });

  test('lives, is deleted, comes back and is purged after 30 days', async (context) => {
    const control = await startBench(context);
    const { keyString } = await makeKey(control);
    const deleted = await done(control.ok('DELETE', `${keys}/web`));
    assert.equal(deleted['deleteTime'], '2026-01-01T00:00:00Z');
    assert.deepEqual(await control.ok('GET', keys), {});
    assert.equal(((await control.ok('GET', `${keys}?showDeleted=true`))['keys'] as unknown[]).length, 1);
    assert.equal((await control.ok('GET', `${keys}/web`))['deleteTime'], '2026-01-01T00:00:00Z');
    const restored = await done(control.ok('POST', `${keys}/web:undelete`, {}));
    assert.equal(restored['deleteTime'], undefined);
    assert.equal(restored['keyString'], keyString);
    await control.ok('DELETE', `${keys}/web`);
    control.clock.advance(30 * dayMs);
    assert.equal((await control.call('GET', `${keys}/web`)).status, 404);
    assert.equal((await control.call('POST', `${keys}/web:undelete`, {})).status, 404);
  });

  test('is swept after 30 days and its string remembered', async (context) => {
    const control = await startBench(context);
    const { keyString } = await makeKey(control);
    await control.ok('DELETE', `${keys}/web`);
    assert.equal(await control.store.apiKeys.purge(control.clock.nowMs() + 1), 1);
    assert.equal(await control.store.apiKeys.findByKeyString(String(keyString)), undefined);
    assert.equal(await control.store.apiKeys.wasPurged(String(keyString)), true);
  });

  test('patches what the mask names', async (context) => {
    const control = await startBench(context);
    await makeKey(control, { displayName: 'Web', annotations: { a: 'b' } });
    const body = { displayName: 'New', annotations: { c: 'd' } };
    const patched = await done(control.ok('PATCH', `${keys}/web?updateMask=displayName`, body));
    assert.partialDeepStrictEqual(patched, { displayName: 'New', annotations: { a: 'b' } });
  });

  test('patches what the request fills when there is no mask', async (context) => {
    const control = await startBench(context);
    await makeKey(control, { displayName: 'Web', annotations: { a: 'b' } });
    const patched = await done(control.ok('PATCH', `${keys}/web`, { annotations: { c: 'd' } }));
    assert.partialDeepStrictEqual(patched, { displayName: 'Web', annotations: { c: 'd' } });
  });

  test('patches everything for the mask *', async (context) => {
    const control = await startBench(context);
    const restrictions = { apiTargets: [{ service: 'a.example.com' }] };
    await makeKey(control, { displayName: 'Web', annotations: { a: 'b' }, restrictions });
    const patched = await done(control.ok('PATCH', `${keys}/web?updateMask=*`, { displayName: 'New' }));
    assert.equal(patched['displayName'], 'New');
    assert.equal(patched['annotations'], undefined);
    assert.equal(patched['restrictions'], undefined);
  });

  test('clears restrictions that the mask names and the request leaves out', async (context) => {
    const control = await startBench(context);
    await makeKey(control, { restrictions: { apiTargets: [{ service: 'a.example.com' }] } });
    const patched = await done(control.ok('PATCH', `${keys}/web?updateMask=restrictions`, {}));
    assert.equal(patched['restrictions'], undefined);
  });

  test('refuses a mask that names what cannot be changed', async (context) => {
    const control = await startBench(context);
    await makeKey(control);
    const answer = await control.call('PATCH', `${keys}/web?updateMask=keyString`, {});
    assert.equal(errorOf(answer).message, "update_mask: 'key_string' cannot be changed.");
  });

  test('refuses a stale etag in patch and delete', async (context) => {
    const control = await startBench(context);
    const { etag } = await makeKey(control);
    await control.ok('PATCH', `${keys}/web`, { displayName: 'A', etag });
    assert.equal(
      errorOf(await control.call('PATCH', `${keys}/web`, { displayName: 'B', etag })).status,
      'ABORTED',
    );
    const stale = await control.call('DELETE', `${keys}/web?etag=${encodeURIComponent(String(etag))}`);
    assert.equal(errorOf(stale).status, 'ABORTED');
    const { etag: fresh } = await control.ok('GET', `${keys}/web`);
    await control.ok('DELETE', `${keys}/web?etag=${encodeURIComponent(String(fresh))}`);
  });

  test('refuses to change a deleted key and to undelete one that is not', async (context) => {
    const control = await startBench(context);
    await makeKey(control);
    assert.equal(
      errorOf(await control.call('POST', `${keys}/web:undelete`, {})).status,
      'FAILED_PRECONDITION',
    );
    await control.ok('DELETE', `${keys}/web`);
    for (const [method, path] of [
      ['PATCH', `${keys}/web`],
      ['DELETE', `${keys}/web`],
    ] as const)
      assert.equal(errorOf(await control.call(method, path)).status, 'FAILED_PRECONDITION');
  });

  test('keeps restrictions, SHA-1 without colons and in upper case', async (context) => {
    const control = await startBench(context);
    const sha1 = Array.from({ length: 20 }, () => 'ab').join(':');
    const androidKeyRestrictions = {
      allowedApplications: [{ sha1Fingerprint: sha1, packageName: 'com.example.app' }],
    };
    const apiTargets = [{ service: 'a.example.com', methods: ['Get*'] }];
    const key = await makeKey(control, { restrictions: { androidKeyRestrictions, apiTargets } });
    assert.deepEqual(key['restrictions'], {
      androidKeyRestrictions: {
        allowedApplications: [{ sha1Fingerprint: 'AB'.repeat(20), packageName: 'com.example.app' }],
      },
      apiTargets,
    });
  });

  const restrictions: readonly (readonly [string, unknown, boolean])[] = [
    [
      'addresses and ranges',
      { serverKeyRestrictions: { allowedIps: ['10.0.0.1', '10.0.0.0/8', '2001:db8::/32'] } },
      true,
    ],
    ['a range that is too long', { serverKeyRestrictions: { allowedIps: ['10.0.0.0/33'] } }, false],
    ['an address that is none', { serverKeyRestrictions: { allowedIps: ['10.0.0'] } }, false],
    ['no addresses', { serverKeyRestrictions: { allowedIps: [] } }, false],
    ['referrers', { browserKeyRestrictions: { allowedReferrers: ['*.example.com', 'https://a.b/*'] } }, true],
    ['a referrer with a space', { browserKeyRestrictions: { allowedReferrers: ['a b'] } }, false],
    ['bundle ids', { iosKeyRestrictions: { allowedBundleIds: ['com.example.app'] } }, true],
    ['an empty bundle id', { iosKeyRestrictions: { allowedBundleIds: [''] } }, false],
    [
      'a short fingerprint',
      { androidKeyRestrictions: { allowedApplications: [{ sha1Fingerprint: 'AB', packageName: 'a' }] } },
      false,
    ],
    ['a target without a service', { apiTargets: [{ methods: ['Get'] }] }, false],
    ['a method with * in the middle', { apiTargets: [{ service: 'a.b', methods: ['G*t'] }] }, false],
    [
      'two kinds of clients',
      { serverKeyRestrictions: { allowedIps: ['::1'] }, iosKeyRestrictions: { allowedBundleIds: ['a'] } },
      false,
    ],
  ];
  for (const [name, value, isValid] of restrictions)
    test(`${isValid ? 'takes' : 'refuses'} restrictions with ${name}`, async (context) => {
      const control = await startBench(context);
      const answer = await control.call('POST', keys, { restrictions: value });
      assert.equal(answer.status, isValid ? 200 : 400);
    });

  const bad: readonly (readonly [string, string, unknown])[] = [
    ['an upper-case key id', '?keyId=Web', {}],
    ['a key id that ends in a hyphen', '?keyId=web-', {}],
    ['a key id like a UUID', '?keyId=a0000000-0000-0000-0000-000000000000', {}],
    ['a long display name', '', { displayName: 'x'.repeat(64) }],
    ['a bad annotation', '', { annotations: { 'a b': 'c' } }],
  ];
  for (const [name, query, body] of bad)
    test(`refuses ${name}`, async (context) => {
      const control = await startBench(context);
      assert.equal(errorOf(await control.call('POST', keys + query, body)).status, 'INVALID_ARGUMENT');
    });

  test('refuses a key id that is taken', async (context) => {
    const control = await startBench(context);
    await makeKey(control);
    assert.equal(errorOf(await control.call('POST', `${keys}?keyId=web`, {})).status, 'ALREADY_EXISTS');
  });

  test('shows an operation with a key string only to those who may see key strings', async (context) => {
    const control = await startBench(context);
    const { client_email: email, ...key } = await control.account(project, 'robot-1');
    const operation = await control.ok('POST', keys, {});
    const token = await control.sign({ ...key, client_email: email });
    const path = `/v1/${String(operation['name'])}`;
    for (const [role, status] of [
      ['roles/viewer', 404],
      ['roles/serviceusage.apiKeysViewer', 200],
    ] as const) {
      const bindings = [{ role, members: [`serviceAccount:${email}`] }];
      await control.ok('POST', `/v1/projects/${project}:setIamPolicy`, { policy: { bindings } });
      assert.equal((await control.call('GET', path, undefined, token)).status, status);
    }
  });

  test('keeps key strings from the disk', async (context) => {
    const control = await startBench(context);
    const { keyString } = await makeKey(control);
    const { readFileSync, readdirSync } = await import('node:fs');
    for (const name of readdirSync(control.folder).filter((file) => file.startsWith('gatehouse.sqlite')))
      assert.equal(readFileSync(`${control.folder}/${name}`).includes(String(keyString)), false);
  });
});
