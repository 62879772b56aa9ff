import assert from 'node:assert/strict';
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { createLocalJWKSet, importX509, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { startTestControl } from '../test-control.ts';
import { createTokenIssuer } from './issuer.ts';
import type { ControlAnswer, KeyFile, TestControl } from '../test-control.ts';

const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const scope =
  'https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/service.management';
const now = Math.floor(Date.UTC(2026, 0, 1) / 1000);
const window =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

function exchange(control: TestControl, assertion: string, path = '/token'): Promise<ControlAnswer> {
  return control.call('POST', path, new URLSearchParams({ grant_type: grant, assertion }).toString(), '');
}

describe('createTokenEndpoints', () => {
  for (const path of ['/token', '/oauth2/v4/token'])
    test(`gives an access token at ${path}`, async (context) => {
      const control = await startTestControl(context);
      const key = await control.account('shop-prod', 'robot-1');
      assert.equal(key.token_uri, `${control.url}/token`);
      const answer = await exchange(
        control,
        await control.sign(key, { aud: control.url + path, scope }),
        path,
      );
      assert.equal(answer.status, 200);
      assert.match(String(answer.body['access_token']), /^ya29\.[\w-]{43}$/);
      assert.partialDeepStrictEqual(answer.body, { expires_in: 3599, token_type: 'Bearer' });
    });

  test('gives an ID token that the published keys verify', async (context) => {
    const control = await startTestControl(context);
    const key = await control.account('shop-prod', 'robot-1');
    const assertion = await control.sign(key, {
      aud: key.token_uri,
      target_audience: 'https://api.example.com',
    });
    const { id_token: token } = (await exchange(control, assertion)).body;
    // As it comes from the endpoint; jose checks its form.
    const jwks = (await control.ok('GET', '/oauth2/v3/certs', undefined, '')) as unknown as JSONWebKeySet;
    const { payload } = await jwtVerify(String(token), createLocalJWKSet(jwks), {
      currentDate: new Date(control.clock.nowMs()),
      issuer: control.url,
      audience: 'https://api.example.com',
    });
    assert.deepEqual(payload, {
      aud: 'https://api.example.com',
      azp: key.client_id,
      email: key.client_email,
      email_verified: true,
      exp: now + 3600,
      iat: now,
      iss: control.url,
      sub: key.client_id,
    });
    const certificates = await control.ok('GET', '/oauth2/v1/certs', undefined, '');
    const [pem] = Object.values(certificates);
    await jwtVerify(String(token), await importX509(String(pem), 'RS256'), {
      currentDate: new Date(control.clock.nowMs()),
    });
  });

  test('takes the fields as JSON', async (context) => {
    const control = await startTestControl(context);
    const key = await control.account('shop-prod', 'robot-1');
    const assertion = await control.sign(key, { aud: key.token_uri, scope });
    const response = await fetch(`${control.url}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ grant_type: grant, assertion }),
    });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });

  const forms: readonly (readonly [string, string, string, string])[] = [
    ['a missing grant type', 'assertion=x', 'invalid_request', 'Required parameter is missing: grant_type'],
    ['another grant type', 'grant_type=password', 'unsupported_grant_type', 'Invalid grant_type: password'],
    [
      'a missing assertion',
      `grant_type=${grant}`,
      'invalid_request',
      'Required parameter is missing: assertion',
    ],
    ['an assertion that is none', `grant_type=${grant}&assertion=x`, 'invalid_request', 'Bad Request'],
  ];
  for (const [name, form, error, description] of forms)
    test(`refuses ${name}`, async (context) => {
      const control = await startTestControl(context);
      const answer = await control.call('POST', '/token', form, '');
      assert.deepEqual(answer, { status: 400, body: { error, error_description: description } });
    });

  // In the order of the checks: each claim set is also wrong in everything that is checked later.
  const wrong = { scope: 'nonsense', aud: 'https://elsewhere.example.com' };
  const claims: readonly (readonly [string, Readonly<Record<string, unknown>>, number, string, string])[] = [
    [
      'an unknown account',
      { ...wrong, iss: 'a@b.c', iat: undefined },
      400,
      'invalid_grant',
      'Invalid grant: account not found',
    ],
    [
      'a missing iat',
      { ...wrong, iat: undefined, exp: undefined },
      400,
      'invalid_grant',
      'Invalid JWT: iat (issued at) is not set.',
    ],
    [
      'a missing exp',
      { ...wrong, iat: 1, exp: undefined },
      400,
      'invalid_grant',
      'Invalid JWT: exp (expiration time) is not set.',
    ],
    ['an expired assertion', { ...wrong, iat: now - 100, exp: now }, 400, 'invalid_grant', window],
    ['an assertion that lives too long', { ...wrong, exp: now + 3601 }, 400, 'invalid_grant', window],
    [
      'an assertion from too far ahead',
      { ...wrong, iat: now + 301, exp: now + 400 },
      400,
      'invalid_grant',
      window,
    ],
    [
      'a subject that is somebody else',
      { ...wrong, sub: 'person@example.com' },
      401,
      'unauthorized_client',
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
    ],
    [
      'a scope of no known form',
      wrong,
      400,
      'invalid_scope',
      'Invalid OAuth scope or ID token audience provided.',
    ],
    [
      'neither scope nor target audience',
      { ...wrong, scope: undefined },
      400,
      'invalid_scope',
      'Invalid OAuth scope or ID token audience provided.',
    ],
    ['another audience', { ...wrong, scope }, 400, 'invalid_grant', 'Invalid JWT: Failed audience check.'],
  ];
  for (const [name, override, status, error, description] of claims)
    test(`refuses ${name}`, async (context) => {
      const control = await startTestControl(context);
      const key = await control.account('shop-prod', 'robot-1');
      const answer = await exchange(control, await control.sign(key, override));
      assert.deepEqual(answer, { status, body: { error, error_description: description } });
    });

  test('checks the signature before the times', async (context) => {
    const control = await startTestControl(context);
    const key = await control.account('shop-prod', 'robot-1');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged: KeyFile = {
      ...key,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
    const answer = await exchange(control, await control.sign(forged, { iat: undefined }));
    assert.deepEqual(answer.body, { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
  });

  test('allows a clock that runs ahead by five minutes', async (context) => {
    const control = await startTestControl(context);
    const key = await control.account('shop-prod', 'robot-1');
    const assertion = await control.sign(key, { aud: key.token_uri, scope, iat: now + 299, exp: now + 600 });
    assert.equal((await exchange(control, assertion)).status, 200);
  });

  for (const [verb, error] of [
    ['disable', 'disabled_client'],
    ['delete', 'deleted_client'],
  ] as const)
    test(`answers ${error} once the account is ${verb}d`, async (context) => {
      const control = await startTestControl(context);
      const key = await control.account('shop-prod', 'robot-1');
      const account = `/v1/projects/-/serviceAccounts/${key.client_email}`;
      await (verb === 'disable'
        ? control.ok('POST', `${account}:disable`, {})
        : control.ok('DELETE', account));
      const answer = await exchange(control, await control.sign(key, { aud: key.token_uri, scope }));
      assert.equal(answer.body['error'], error);
    });
});

describe('createKeyEndpoints', () => {
  test('publishes the keys of an account in both forms', async (context) => {
    const control = await startTestControl(context);
    const key = await control.account('shop-prod', 'robot-1');
    const email = encodeURIComponent(key.client_email);
    const jwks = await control.ok('GET', `/service_accounts/v1/jwk/${email}`, undefined, '');
    const [jwk] = jwks['keys'] as Record<string, string>[];
    assert.partialDeepStrictEqual(jwk, {
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      kid: key.private_key_id,
      e: 'AQAB',
    });
    for (const path of ['/service_accounts/v1/metadata/x509/', '/robot/v1/metadata/x509/']) {
      const map = await control.ok('GET', path + email, undefined, '');
      const certificate = new X509Certificate(String(map[key.private_key_id]));
      assert.equal(certificate.publicKey.export({ format: 'jwk' }).n, jwk?.['n']);
      assert.equal(certificate.verify(certificate.publicKey), true);
      assert.equal(certificate.subject, `CN=${key.client_id}`);
      assert.equal(certificate.validTo, 'Dec 31 23:59:59 9999 GMT');
      assert.equal(certificate.ca, false);
    }
  });

  test('publishes no disabled keys', async (context) => {
    const control = await startTestControl(context);
    const key = await control.account('shop-prod', 'robot-1');
    await control.ok(
      'POST',
      `/v1/projects/-/serviceAccounts/${key.client_email}/keys/${key.private_key_id}:disable`,
      {},
    );
    assert.deepEqual(await control.ok('GET', `/service_accounts/v1/jwk/${key.client_email}`, undefined, ''), {
      keys: [],
    });
  });

  test('answers 404 for an unknown account', async (context) => {
    const control = await startTestControl(context);
    assert.equal((await control.call('GET', '/robot/v1/metadata/x509/a@b.c', undefined, '')).status, 404);
  });

  test('keeps the key of ID tokens in the store', async (context) => {
    const { store, clock } = await startTestControl(context);
    const first = await createTokenIssuer({ store, clock }).signingKey();
    const second = await createTokenIssuer({ store, clock }).signingKey();
    assert.equal(second.keyId, first.keyId);
    assert.equal(second.privateKey.equals(first.privateKey), true);
  });
});
