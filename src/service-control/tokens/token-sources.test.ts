import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { ManualClock } from '../../core/manual-clock.ts';
import { Secret } from '../../core/secret.ts';
import {
  startLocalServer,
  type LocalAnswer,
  type LocalServer,
  type SeenRequest,
} from '../testing/local-server.ts';
import { createHttpClient, type HttpClient } from '../transport/http-client.ts';
import { createFileTokenSource } from './file-token-source.ts';
import { createIamTokenSource } from './iam-token-source.ts';
import { createJwtBearerTokenSource } from './jwt-bearer-token-source.ts';
import { createMetadataTokenSource } from './metadata-token-source.ts';
import { createSelfSignedTokenSource } from './self-signed-token-source.ts';
import { parseServiceAccountKey, type ServiceAccountKey } from '../../core/service-account-key.ts';
import { createStaticTokenSource } from './static-token-source.ts';
import type { TokenSource } from './token-source.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function keyFor(tokenUri: string): ServiceAccountKey {
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const text = JSON.stringify({
    client_email: 'esp@p.iam',
    private_key: pem,
    private_key_id: 'kid',
    token_uri: tokenUri,
  });
  return parseServiceAccountKey(text, 'key.json');
}

function decodeJwt(token: string): { header: unknown; claims: Record<string, unknown>; isValid: boolean } {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const parse = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  return {
    header: parse(header),
    // A JWT's claims are an object.
    claims: parse(claims) as Record<string, unknown>,
    isValid: verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    ),
  };
}

describe('token sources', () => {
  let http: HttpClient;
  let server: LocalServer;
  let answer: (request: SeenRequest) => LocalAnswer;
  let clock: ManualClock;
  const sources: TokenSource[] = [];

  beforeEach(async () => {
    http = createHttpClient(systemClock);
    clock = new ManualClock();
    let count = 0;
    answer = () => ({ body: JSON.stringify({ access_token: `token-${++count}`, expires_in: 3600 }) });
    server = await startLocalServer((request) => answer(request));
  });
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()));
    await http.close();
    await server.close();
  });

  function bearer(): TokenSource {
    const source = createJwtBearerTokenSource(keyFor(`${server.url}/token`), ['scope-a', 'scope-b'], {
      http,
      clock,
    });
    sources.push(source);
    return source;
  }
  const reveal = async (source: TokenSource): Promise<string> => (await source.token('aud')).reveal();

  it('exchanges an assertion of the account for a token', async () => {
    assert.equal(await reveal(bearer()), 'token-1');
    const [request] = server.requests;
    const form = new URLSearchParams(request?.body);
    assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { header, claims, isValid } = decodeJwt(form.get('assertion') ?? '');
    const iat = clock.nowMs() / 1000;
    assert.equal(isValid, true);
    assert.deepEqual(header, { alg: 'RS256', typ: 'JWT', kid: 'kid' });
    assert.deepEqual(claims, {
      iss: 'esp@p.iam',
      scope: 'scope-a scope-b',
      aud: `${server.url}/token`,
      iat,
      exp: iat + 3600,
    });
  });

  it('keeps the token and hands it out synchronously', async () => {
    const source = bearer();
    await source.token('a');
    assert.equal(source.token('b') instanceof Promise, false);
    assert.equal(server.requests.length, 1);
  });

  it('shares one exchange among callers that wait', async () => {
    const source = bearer();
    assert.deepEqual(await Promise.all([reveal(source), reveal(source)]), ['token-1', 'token-1']);
    assert.equal(server.requests.length, 1);
  });

  it('renews the token five minutes before its end', async () => {
    const source = bearer();
    await source.token('a');
    clock.advance(55 * 60_000 - 1);
    assert.equal(server.requests.length, 1);
    clock.advance(1);
    while ((await reveal(source)) !== 'token-2') await new Promise((resolve) => setImmediate(resolve));
  });

  it('hands out the old token while renewing fails, as long as it lives', async () => {
    const source = bearer();
    await source.token('a');
    answer = () => ({ status: 500 });
    clock.advance(55 * 60_000);
    assert.equal(await reveal(source), 'token-1');
    clock.advance(5 * 60_000);
    await assert.rejects(async () => reveal(source), { code: 'TOKEN_UNAVAILABLE' });
  });

  it('tries again two seconds after a failure', async () => {
    answer = () => ({ status: 503 });
    const source = bearer();
    await assert.rejects(async () => reveal(source), { code: 'TOKEN_UNAVAILABLE' });
    answer = () => ({ body: '{"access_token":"late","expires_in":60}' });
    clock.advance(2000);
    while (server.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await reveal(source), 'late');
  });

  for (const [name, wrong, message] of [
    [
      'an OAuth error',
      { status: 400, body: '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}' },
      'the token server answered 400 invalid_grant: Invalid JWT Signature.',
    ],
    ['no JSON', { body: '<html>' }, 'the token server answered something other than JSON'],
    ['no token', { body: '{"expires_in":1}' }, 'the token server gave no access_token'],
    [
      'a token without a life',
      { body: '{"access_token":"x","expires_in":0}' },
      'the token server gave a token that has expired',
    ],
    [
      'a token that breaks a header',
      { body: '{"access_token":"x\\r\\ny","expires_in":9}' },
      'the token server gave no usable token',
    ],
  ] as const)
    it(`rejects on ${name}, and says so`, async () => {
      answer = () => wrong;
      await assert.rejects(async () => reveal(bearer()), { code: 'TOKEN_UNAVAILABLE', message });
    });

  it('asks the metadata server with its header', async () => {
    const source = createMetadataTokenSource(`${server.url}/`, { http, clock });
    sources.push(source);
    assert.equal(await reveal(source), 'token-1');
    const [request] = server.requests;
    assert.equal(request?.path, '/computeMetadata/v1/instance/service-accounts/default/token');
    assert.equal(request?.headers['metadata-flavor'], 'Google');
  });

  it('gets the token of another account through its delegates', async () => {
    const expireTime = new Date(clock.nowMs() + 3_600_000).toISOString();
    answer = () => ({ body: JSON.stringify({ accessToken: 'from-iam', expireTime }) });
    const base = createStaticTokenSource(new Secret('base'));
    const source = createIamTokenSource(
      { url: server.url, serviceAccount: 'sa@p.iam', delegates: ['d1', 'd2'], scopes: ['s'] },
      base,
      { http, clock },
    );
    sources.push(source);
    assert.equal(await reveal(source), 'from-iam');
    const [request] = server.requests;
    assert.equal(request?.path, '/v1/projects/-/serviceAccounts/sa@p.iam:generateAccessToken');
    assert.equal(request?.headers.authorization, 'Bearer base');
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      scope: ['s'],
      delegates: ['projects/-/serviceAccounts/d1', 'projects/-/serviceAccounts/d2'],
    });
  });

  it('signs one token per audience and keeps it until five minutes before its end', async () => {
    const source = createSelfSignedTokenSource(keyFor('http://unused'), clock);
    const audience = 'https://sc.example/google.api.servicecontrol.v1.ServiceController';
    const first = await source.token(audience);
    const { claims, isValid } = decodeJwt(first.reveal());
    const iat = clock.nowMs() / 1000;
    assert.equal(isValid, true);
    assert.deepEqual(claims, { iss: 'esp@p.iam', sub: 'esp@p.iam', aud: audience, iat, exp: iat + 3600 });
    assert.notEqual(await source.token('other'), first);
    clock.advance(55 * 60_000 - 1);
    assert.equal(await source.token(audience), first);
    clock.advance(1);
    assert.notEqual(await source.token(audience), first);
  });

  it('reads a token file, notices a new one and keeps the old one when it goes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-token-'));
    const path = join(folder, 'token');
    writeFileSync(path, 'one\n');
    const source = createFileTokenSource(path, clock);
    assert.equal(await reveal(source), 'one');
    writeFileSync(path, 'second\n');
    clock.advance(10_000);
    assert.equal(await reveal(source), 'second');
    unlinkSync(path);
    clock.advance(10_000);
    assert.equal(await reveal(source), 'second');
    rmSync(folder, { recursive: true });
  });

  it('throws while the token file is missing', () => {
    const source = createFileTokenSource('/nowhere/token', clock);
    assert.throws(() => source.token('aud'), { code: 'TOKEN_UNAVAILABLE' });
  });
});
