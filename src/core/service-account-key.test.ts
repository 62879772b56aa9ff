import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError } from './errors.ts';
import { parseServiceAccountKey, readServiceAccountKey } from './service-account-key.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ecPem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const good = {
  type: 'service_account',
  project_id: 'p',
  private_key_id: 'kid',
  private_key: pem,
  client_email: 'esp@p.iam.gserviceaccount.com',
  token_uri: 'http://127.0.0.1:1/token',
};

describe('parseServiceAccountKey', () => {
  it('reads what signing needs', () => {
    const key = parseServiceAccountKey(JSON.stringify(good), 'key.json');
    assert.deepEqual(
      [key.clientEmail, key.privateKeyId, key.tokenUri, key.projectId],
      [good.client_email, 'kid', good.token_uri, 'p'],
    );
    assert.equal(key.privateKey.reveal().asymmetricKeyType, 'rsa');
  });

  it('falls back to the token server of Google', () => {
    const { token_uri: _omitted, ...rest } = good;
    const key = parseServiceAccountKey(JSON.stringify(rest), 'key.json');
    assert.equal(key.tokenUri, 'https://oauth2.googleapis.com/token');
  });

  it('does not print the key', () => {
    const key = parseServiceAccountKey(JSON.stringify(good), 'key.json');
    assert.equal(inspect(key).includes('[redacted]'), true);
  });

  for (const [text, problem] of [
    ['', 'is not JSON'],
    ['{"private_key": "x"', 'is not JSON'],
    ['[]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    [JSON.stringify({ ...good, type: 'authorized_user' }), 'has the type "authorized_user"'],
    [JSON.stringify({ ...good, client_email: undefined }), 'lacks the field client_email'],
    [JSON.stringify({ ...good, client_email: 7 }), 'lacks the field client_email'],
    [JSON.stringify({ ...good, private_key: '' }), 'lacks the field private_key'],
    [JSON.stringify({ ...good, private_key: 'nonsense' }), 'has a private_key that is not a PEM private key'],
    [JSON.stringify({ ...good, private_key: ecPem }), 'has a private_key of type ec'],
    [JSON.stringify({ ...good, token_uri: 'ftp://x' }), 'has a token_uri that is not an http or https URL'],
  ] as const)
    it(`refuses a file that ${problem}`, () => {
      assert.throws(
        () => parseServiceAccountKey(text, 'key.json'),
        (error) => error instanceof ConfigError && error.path === 'key.json' && error.problem === problem,
      );
    });

  it('never quotes a broken file', () => {
    assert.throws(
      () => parseServiceAccountKey('{"private_key": "SECRET', 'key.json'),
      (error) => !inspect(error).includes('SECRET'),
    );
  });
});

describe('readServiceAccountKey', () => {
  it('says that there is no such file', () => {
    assert.throws(() => readServiceAccountKey('/nowhere/key.json'), {
      name: 'ConfigError',
      path: '/nowhere/key.json',
      problem: 'no such file',
    });
  });

  it('reads a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-key-'));
    const path = join(folder, 'key.json');
    writeFileSync(path, JSON.stringify(good));
    assert.equal(readServiceAccountKey(path).clientEmail, good.client_email);
    rmSync(folder, { recursive: true });
  });
});
