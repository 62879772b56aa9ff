import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { errorOf, startTestControl } from '../test-control.ts';
import type { TestControl } from '../test-control.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';

const project = 'shop-prod';
const accounts = `/v1/projects/${project}/serviceAccounts`;
const email = `robot-1@${project}.iam.gserviceaccount.com`;

async function startBench(context: TestContext): Promise<TestControl> {
  const control = await startTestControl(context);
  await control.ok('POST', '/v1/projects', { projectId: project });
  return control;
}

function createRobot(control: TestControl): Promise<Readonly<Record<string, unknown>>> {
  return control.ok('POST', accounts, {
    accountId: 'robot-1',
    serviceAccount: { displayName: 'Robot', description: 'does it' },
  });
}

describe('service accounts', () => {
  test('are created with an email of their project', async (context) => {
    const control = await startBench(context);
    const account = await createRobot(control);
    assert.partialDeepStrictEqual(account, {
      name: `projects/${project}/serviceAccounts/${email}`,
      projectId: project,
      email,
      displayName: 'Robot',
      description: 'does it',
    });
    assert.match(String(account['uniqueId']), /^1\d{20}$/);
    assert.equal(account['oauth2ClientId'], account['uniqueId']);
    for (const name of [email, String(account['uniqueId'])])
      for (const parent of [project, '-'])
        assert.deepEqual(await control.ok('GET', `/v1/projects/${parent}/serviceAccounts/${name}`), account);
  });

  test('are listed by email and page', async (context) => {
    const control = await startBench(context);
    for (const accountId of ['robot-2', 'robot-1', 'robot-3'])
      await control.ok('POST', accounts, { accountId });
    const first = await control.ok('GET', `${accounts}?pageSize=2`);
    const second = await control.ok(
      'GET',
      `${accounts}?pageSize=2&pageToken=${String(first['nextPageToken'])}`,
    );
    const ids = [first, second].map((page) =>
      (page['accounts'] as { email: string }[]).map((a) => a.email.split('@')[0]),
    );
    assert.deepEqual(ids, [['robot-1', 'robot-2'], ['robot-3']]);
  });

  test('are patched by mask', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    const serviceAccount = { displayName: 'New', description: 'ignored' };
    const patched = await control.ok('PATCH', `${accounts}/${email}`, {
      serviceAccount,
      updateMask: 'displayName',
    });
    assert.partialDeepStrictEqual(patched, { displayName: 'New', description: 'does it' });
  });

  test('are not patched under a stale etag', async (context) => {
    const control = await startBench(context);
    const { etag } = await createRobot(control);
    const body = { serviceAccount: { displayName: 'New', etag }, updateMask: 'displayName' };
    await control.ok('PATCH', `${accounts}/${email}`, body);
    assert.equal(errorOf(await control.call('PATCH', `${accounts}/${email}`, body)).status, 'ABORTED');
  });

  test('are deleted and undeleted by unique id', async (context) => {
    const control = await startBench(context);
    const { uniqueId } = await createRobot(control);
    await control.ok('DELETE', `${accounts}/${email}`);
    assert.equal(errorOf(await control.call('GET', `${accounts}/${email}`)).status, 'NOT_FOUND');
    const { restoredAccount } = await control.ok('POST', `${accounts}/${String(uniqueId)}:undelete`, {});
    assert.partialDeepStrictEqual(restoredAccount, { email });
    await control.ok('GET', `${accounts}/${email}`);
  });

  test('are not undeleted once the email is in use again', async (context) => {
    const control = await startBench(context);
    const { uniqueId } = await createRobot(control);
    await control.ok('DELETE', `${accounts}/${email}`);
    await createRobot(control);
    const answer = await control.call('POST', `${accounts}/${String(uniqueId)}:undelete`, {});
    assert.equal(errorOf(answer).status, 'FAILED_PRECONDITION');
  });

  test('keep their policy from an account that takes the email, and get it back', async (context) => {
    const control = await startBench(context);
    const { client_email: member } = await control.account(project, 'deployer');
    const policy = {
      bindings: [{ role: 'roles/iam.serviceAccountTokenCreator', members: [`serviceAccount:${member}`] }],
    };
    const bindings = async () => (await control.ok('POST', `${accounts}/${email}:getIamPolicy`))['bindings'];
    const { uniqueId } = await createRobot(control);
    await control.ok('POST', `${accounts}/${email}:setIamPolicy`, { policy });
    await control.ok('DELETE', `${accounts}/${email}`);
    await createRobot(control);
    assert.equal(await bindings(), undefined);
    await control.ok('DELETE', `${accounts}/${email}`);
    await control.ok('POST', `${accounts}/${String(uniqueId)}:undelete`, {});
    assert.deepEqual(await bindings(), policy.bindings);
  });

  test('are a hundred in a project at most', async (context) => {
    const control = await startBench(context);
    for (let i = 0; i < 100; i++) await control.ok('POST', accounts, { accountId: `robot-${i}` });
    const answer = await control.call('POST', accounts, { accountId: 'robot-100' });
    assert.equal(errorOf(answer).status, 'RESOURCE_EXHAUSTED');
    await control.ok('DELETE', `${accounts}/robot-7@${project}.iam.gserviceaccount.com`);
    await control.ok('POST', accounts, { accountId: 'robot-100' });
  });

  test('are disabled and enabled', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    await control.ok('POST', `${accounts}/${email}:disable`, {});
    assert.equal((await control.ok('GET', `${accounts}/${email}`))['disabled'], true);
    await control.ok('POST', `${accounts}/${email}:enable`, {});
    assert.equal((await control.ok('GET', `${accounts}/${email}`))['disabled'], undefined);
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['a short id', { accountId: 'abc' }, 'INVALID_ARGUMENT'],
    ['a long id', { accountId: `a${'b'.repeat(30)}` }, 'INVALID_ARGUMENT'],
    ['an id that starts with a digit', { accountId: '1robots' }, 'INVALID_ARGUMENT'],
    ['an id that ends in a hyphen', { accountId: 'robots-' }, 'INVALID_ARGUMENT'],
    [
      'a long display name',
      { accountId: 'robot-2', serviceAccount: { displayName: 'ä'.repeat(51) } },
      'INVALID_ARGUMENT',
    ],
    [
      'a long description',
      { accountId: 'robot-2', serviceAccount: { description: 'x'.repeat(257) } },
      'INVALID_ARGUMENT',
    ],
    ['an id that exists', { accountId: 'robot-1' }, 'ALREADY_EXISTS'],
  ];
  for (const [name, body, status] of bad)
    test(`are not created with ${name}`, async (context) => {
      const control = await startBench(context);
      await createRobot(control);
      assert.equal(errorOf(await control.call('POST', accounts, body)).status, status);
    });

  test('carry policies, read as gcloud does', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    const path = `${accounts}/${email}:getIamPolicy?options.requestedPolicyVersion=3`;
    for (const body of [undefined, {}])
      assert.deepEqual(await control.ok('POST', path, body), { etag: 'ACAB' });
  });

  test('that are missing are denied below the wildcard and not found below their project', async (context) => {
    const control = await startBench(context);
    assert.equal((await control.call('GET', `/v1/projects/-/serviceAccounts/${email}`)).status, 403);
    assert.equal((await control.call('GET', `${accounts}/${email}`)).status, 404);
  });
});

describe('service account keys', () => {
  test('come with a key file whose fields stand in order and whose URLs are ours', async (context) => {
    const control = await startBench(context);
    const { uniqueId } = await createRobot(control);
    const key = await control.ok('POST', `${accounts}/${email}/keys`, {});
    const file = JSON.parse(Buffer.from(String(key['privateKeyData']), 'base64').toString()) as Record<
      string,
      string
    >;
    assert.deepEqual(Object.keys(file), [
      'type',
      'project_id',
      'private_key_id',
      'private_key',
      'client_email',
      'client_id',
      'auth_uri',
      'token_uri',
      'auth_provider_x509_cert_url',
      'client_x509_cert_url',
      'universe_domain',
    ]);
    assert.partialDeepStrictEqual(file, {
      type: 'service_account',
      project_id: project,
      client_email: email,
      client_id: uniqueId,
      token_uri: `${control.url}/token`,
      client_x509_cert_url: `${control.url}/robot/v1/metadata/x509/${encodeURIComponent(email)}`,
    });
    assert.match(String(file['private_key_id']), /^[0-9a-f]{40}$/);
    const { asymmetricKeyDetails } = createPrivateKey(String(file['private_key']));
    assert.equal(asymmetricKeyDetails?.modulusLength, 2048);
    assert.partialDeepStrictEqual(key, {
      name: `projects/${project}/serviceAccounts/${email}/keys/${file['private_key_id']}`,
      privateKeyType: 'TYPE_GOOGLE_CREDENTIALS_FILE',
      keyAlgorithm: 'KEY_ALG_RSA_2048',
      validBeforeTime: '9999-12-31T23:59:59Z',
      keyOrigin: 'GOOGLE_PROVIDED',
      keyType: 'USER_MANAGED',
    });
  });

  test('show no private half afterwards', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    const { name } = await control.ok('POST', `${accounts}/${email}/keys`, {});
    const { keys } = await control.ok('GET', `${accounts}/${email}/keys`);
    assert.equal((keys as unknown[]).length, 1);
    assert.equal(JSON.stringify(keys).includes('privateKeyData'), false);
    const plain = await control.ok('GET', `/v1/${String(name)}`);
    assert.equal(plain['publicKeyData'], undefined);
    const pem = await control.ok('GET', `/v1/${String(name)}?publicKeyType=TYPE_X509_PEM_FILE`);
    assert.match(
      Buffer.from(String(pem['publicKeyData']), 'base64').toString(),
      /^-----BEGIN CERTIFICATE-----/,
    );
    const raw = await control.ok('GET', `/v1/${String(name)}?publicKeyType=TYPE_RAW_PUBLIC_KEY`);
    assert.match(
      Buffer.from(String(raw['publicKeyData']), 'base64').toString(),
      /^-----BEGIN PUBLIC KEY-----/,
    );
  });

  test('are ten per account at most', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    const publicKeyData = await certificate(2048);
    for (let i = 0; i < 10; i++)
      await control.ok('POST', `${accounts}/${email}/keys:upload`, { publicKeyData });
    for (const [verb, body] of [
      ['keys', {}],
      ['keys:upload', { publicKeyData }],
    ] as const)
      assert.equal(
        errorOf(await control.call('POST', `${accounts}/${email}/${verb}`, body)).status,
        'RESOURCE_EXHAUSTED',
      );
  });

  test('that were uploaded count as provided by the user', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    const key = await control.ok('POST', `${accounts}/${email}/keys:upload`, {
      publicKeyData: await certificate(2048),
    });
    assert.partialDeepStrictEqual(key, {
      keyOrigin: 'USER_PROVIDED',
      validBeforeTime: '2030-01-01T00:00:00Z',
    });
  });

  test('are not uploaded when they are weak or no certificate', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    for (const publicKeyData of [await certificate(1024), Buffer.from('x').toString('base64')]) {
      const answer = await control.call('POST', `${accounts}/${email}/keys:upload`, { publicKeyData });
      assert.equal(errorOf(answer).status, 'INVALID_ARGUMENT');
    }
  });

  for (const body of [{ privateKeyType: 'TYPE_PKCS12_FILE' }, { keyAlgorithm: 'KEY_ALG_RSA_1024' }])
    test(`are not made with ${JSON.stringify(body)}`, async (context) => {
      const control = await startBench(context);
      await createRobot(control);
      const answer = await control.call('POST', `${accounts}/${email}/keys`, body);
      assert.equal(errorOf(answer).status, 'INVALID_ARGUMENT');
    });

  test('are deleted for good', async (context) => {
    const control = await startBench(context);
    await createRobot(control);
    const { name } = await control.ok('POST', `${accounts}/${email}/keys`, {});
    await control.ok('DELETE', `/v1/${String(name)}`);
    assert.equal((await control.call('GET', `/v1/${String(name)}`)).status, 404);
  });
});

describe('roles', () => {
  test('are listed without permissions and shown with them', async (context) => {
    const control = await startBench(context);
    const { roles } = await control.ok('GET', '/v1/roles');
    const names = (roles as { name: string }[]).map(({ name }) => name);
    assert.equal(names.includes('roles/servicemanagement.serviceController'), true);
    assert.equal(JSON.stringify(roles).includes('includedPermissions'), false);
    assert.deepEqual((await control.ok('GET', '/v1/roles/cloudtrace.agent'))['includedPermissions'], [
      'cloudtrace.traces.patch',
      'telemetry.traces.write',
    ]);
    assert.equal((await control.call('GET', '/v1/roles/none')).status, 404);
  });
});

describe('createCredentialsService', () => {
  test('makes tokens for whoever may', async (context) => {
    const control = await startTestControl(context);
    const caller = await control.sign(await control.account(project, 'robot-2'));
    await control.account(project, 'robot-1');
    const path = `/v1/projects/-/serviceAccounts/${email}`;
    const body = { scope: ['https://www.googleapis.com/auth/cloud-platform'], lifetime: '600s' };
    assert.equal((await control.call('POST', `${path}:generateAccessToken`, body, caller)).status, 403);
    const member = `serviceAccount:robot-2@${project}.iam.gserviceaccount.com`;
    const bindings = [{ role: 'roles/iam.serviceAccountTokenCreator', members: [member] }];
    await control.ok('POST', `${path}:setIamPolicy`, { policy: { bindings } });
    const token = await control.ok('POST', `${path}:generateAccessToken`, body, caller);
    assert.equal(token['expireTime'], '2026-01-01T00:10:00Z');
    const answer = await control.call('GET', '/v1/projects', undefined, String(token['accessToken']));
    assert.deepEqual(answer, { status: 200, body: {} });
    const id = await control.ok(
      'POST',
      `${path}:generateIdToken`,
      { audience: 'a', includeEmail: true },
      caller,
    );
    const claims = JSON.parse(
      Buffer.from(String(id['token']).split('.')[1] ?? '', 'base64url').toString(),
    ) as object;
    assert.partialDeepStrictEqual(claims, { aud: 'a', email, iss: control.url });
  });
});

async function certificate(modulusLength: number): Promise<string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  const pem = await createSelfSignedCertificate(privateKey, {
    commonName: 'test',
    validAfterMs: Date.UTC(2026, 0, 1),
    validBeforeMs: Date.UTC(2030, 0, 1),
  });
  return Buffer.from(pem).toString('base64');
}
