import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { createSelfSignedCertificate } from '../iam/self-signed-certificate.ts';
import { errorOf, startTestControl } from '../test-control.ts';
import type { KeyFile, TestControl } from '../test-control.ts';
import { signRs256 } from './jwt.ts';

const project = 'shop-prod';
const path = `/v1/projects/${project}`;
const account = `/v1/projects/-/serviceAccounts/robot-1@${project}.iam.gserviceaccount.com`;

/** A control plane with an account that may see its project. */
async function withViewer(control: TestControl): Promise<KeyFile> {
  const key = await control.account(project, 'robot-1');
  const bindings = [{ role: 'roles/viewer', members: [`serviceAccount:${key.client_email}`] }];
  await control.ok('POST', `${path}:setIamPolicy`, { policy: { bindings } });
  return key;
}

describe('createAuthenticator', () => {
  test("takes the owner's token", async (context) => {
    const control = await startTestControl(context);
    await control.ok('GET', '/v1/projects');
  });

  test('takes a self-signed token for the base URL', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    for (const aud of [control.url, `${control.url}/`])
      await control.ok('GET', path, undefined, await control.sign(key, { aud }));
  });

  test('takes a self-signed token for the service that is called', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const aud = `${control.url}/google.api.serviceusage.v1.ServiceUsage`;
    const token = await control.sign(key, { aud });
    await control.ok('GET', `${path}/services`, undefined, token);
    const other = await control.call('GET', path, undefined, token);
    assert.equal(other.status, 401);
  });

  test('takes the configured base URL and then no other Host', async (context) => {
    const control = await startTestControl(context, { baseUrls: ['https://control.example.com'] });
    const key = await withViewer(control);
    await control.ok('GET', path, undefined, await control.sign(key, { aud: 'https://control.example.com' }));
  });

  test('takes an access token that it issued until it expires', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const assertion = await control.sign(key, {
      aud: `${control.url}/token`,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = new URLSearchParams({ grant_type: grant, assertion }).toString();
    const { access_token: token } = await control.ok('POST', '/token', form, '');
    await control.ok('GET', path, undefined, String(token));
    control.clock.advance(3_600_000);
    assert.equal((await control.call('GET', path, undefined, String(token))).status, 401);
  });

  test('refuses an access token whose scopes do not reach the service', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const assertion = await control.sign(key, {
      aud: `${control.url}/token`,
      scope: 'https://www.googleapis.com/auth/servicecontrol',
    });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const form = new URLSearchParams({ grant_type: grant, assertion }).toString();
    const { access_token: token } = await control.ok('POST', '/token', form, '');
    const answer = await control.call('GET', path, undefined, String(token));
    assert.deepEqual(errorOf(answer), {
      status: 'PERMISSION_DENIED',
      message: 'Request had insufficient authentication scopes.',
    });
  });

  test('says what is missing when there is no token', async (context) => {
    const control = await startTestControl(context);
    const answer = await control.call('GET', '/v1/projects', undefined, '');
    assert.equal(answer.status, 401);
    assert.match(errorOf(answer).message, /^Request is missing required authentication credential\. /);
  });

  const now = Math.floor(Date.UTC(2026, 0, 1) / 1000);
  const bad: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['that has expired', { iat: now - 3601, exp: now - 1 }],
    ['that lives longer than an hour', { exp: now + 3601 }],
    ['from the future', { iat: now + 301, exp: now + 3000 }],
    ['without exp', { exp: undefined }],
    ['without iat', { iat: undefined }],
    ['for another audience', { aud: 'https://elsewhere.example.com' }],
    ['whose audience merely starts like ours', { aud: 'http://127.0.0.1:1' }],
    ['without an audience', { aud: undefined }],
    ['with several audiences', { aud: ['http://127.0.0.1'] }],
    ['whose subject is somebody else', { sub: 'somebody@example.com' }],
    ['whose issuer is somebody else', { iss: 'a@b.c', sub: 'a@b.c' }],
  ];
  for (const [name, claims] of bad)
    test(`refuses a self-signed token ${name}`, async (context) => {
      const control = await startTestControl(context);
      const key = await withViewer(control);
      const answer = await control.call('GET', path, undefined, await control.sign(key, claims));
      assert.equal(answer.status, 401);
      assert.deepEqual(errorOf(answer), {
        status: 'UNAUTHENTICATED',
        message:
          'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      });
    });

  test('refuses a token signed with another key under a known key id', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = { ...key, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
    assert.equal((await control.call('GET', path, undefined, await control.sign(forged))).status, 401);
  });

  test('refuses a token that one account signed in the name of another', async (context) => {
    const control = await startTestControl(context);
    const viewer = await withViewer(control);
    const other = await control.account(project, 'robot-2');
    const claims = { iss: viewer.client_email, sub: viewer.client_email };
    assert.equal((await control.call('GET', path, undefined, await control.sign(other, claims))).status, 401);
  });

  test('refuses a token without a signature', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const [, claims] = (await control.sign(key)).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [`${header}.${claims}.`, `${header}.${claims}.AAAA`])
      assert.equal((await control.call('GET', path, undefined, token)).status, 401);
  });

  test('refuses a token whose HMAC has the published certificate for its key', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const [, claims] = (await control.sign(key)).split('.');
    const published = await fetch(`${control.url}/robot/v1/metadata/x509/${key.client_email}`);
    const certificates = (await published.json()) as Record<string, string>;
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: key.private_key_id })).toString(
      'base64url',
    );
    const hmac = createHmac('sha256', String(certificates[key.private_key_id]));
    const token = `${header}.${claims}.${hmac.update(`${header}.${claims}`).digest('base64url')}`;
    assert.equal((await control.call('GET', path, undefined, token)).status, 401);
  });

  test('refuses a token that demands an extension', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const [, claims] = (await control.sign(key)).split('.');
    const fields = { alg: 'RS256', kid: key.private_key_id, crit: ['b64'], b64: true };
    const input = `${Buffer.from(JSON.stringify(fields)).toString('base64url')}.${claims}`;
    const signature = sign('sha256', Buffer.from(input), key.private_key).toString('base64url');
    assert.equal((await control.call('GET', path, undefined, `${input}.${signature}`)).status, 401);
  });

  test('takes a key that was made elsewhere once its certificate holds', async (context) => {
    const control = await startTestControl(context);
    const { client_email: email } = await withViewer(control);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const dayMs = 24 * 3_600_000;
    const certificate = await createSelfSignedCertificate(privateKey, {
      commonName: 'robot',
      validAfterMs: control.clock.nowMs() + dayMs,
      validBeforeMs: control.clock.nowMs() + 30 * dayMs,
    });
    const publicKeyData = Buffer.from(certificate).toString('base64');
    const { name } = await control.ok('POST', `${account}/keys:upload`, { publicKeyData });
    const call = async (): Promise<number> => {
      const iat = Math.floor(control.clock.nowMs() / 1000);
      const claims = { iss: email, sub: email, aud: control.url, iat, exp: iat + 60 };
      const token = await signRs256(claims, { keyId: String(name).split('/').at(-1) ?? '', privateKey });
      return (await control.call('GET', path, undefined, token)).status;
    };
    assert.equal(await call(), 401);
    control.clock.advance(dayMs);
    assert.equal(await call(), 200);
    control.clock.advance(30 * dayMs);
    assert.equal(await call(), 401);
  });

  test('finds the key without a key id', async (context) => {
    const control = await startTestControl(context);
    const key = await withViewer(control);
    const claims = {
      iss: key.client_email,
      sub: key.client_email,
      aud: control.url,
      iat: now,
      exp: now + 60,
    };
    // A header whose kid is undefined is written without one.
    const signer = { keyId: undefined as unknown as string, privateKey: createPrivateKey(key.private_key) };
    await control.ok('GET', path, undefined, await signRs256(claims, signer));
  });

  const revocations: readonly (readonly [
    string,
    (control: TestControl, key: KeyFile) => Promise<unknown>,
  ])[] = [
    ['of a disabled account', (control) => control.ok('POST', `${account}:disable`, {})],
    ['of a deleted account', (control) => control.ok('DELETE', account)],
    [
      'of a disabled key',
      (control, key) => control.ok('POST', `${account}/keys/${key.private_key_id}:disable`, {}),
    ],
    ['of a deleted key', (control, key) => control.ok('DELETE', `${account}/keys/${key.private_key_id}`)],
  ];
  for (const [name, revoke] of revocations)
    test(`refuses a token ${name}`, async (context) => {
      const control = await startTestControl(context);
      const key = await withViewer(control);
      const token = await control.sign(key);
      await control.ok('GET', path, undefined, token);
      await revoke(control, key);
      assert.equal((await control.call('GET', path, undefined, token)).status, 401);
    });

  for (const token of ['gho_wrong', 'ya29.unknown', 'x', 'a.b.c'])
    test(`refuses the token ${token}`, async (context) => {
      const control = await startTestControl(context);
      assert.equal((await control.call('GET', '/v1/projects', undefined, token)).status, 401);
    });
});
