import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseServiceAccountKey, type ServiceAccountKey } from '../../core/service-account-key.ts';
import { resolveControlPlaneUrls } from './control-plane-urls.ts';

const rsaBits = 2048;
const pem = generateKeyPairSync('rsa', {
  modulusLength: rsaBits,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

function keyWith(tokenUri: string): ServiceAccountKey {
  return parseServiceAccountKey(
    JSON.stringify({ client_email: 'a@b', private_key: pem, token_uri: tokenUri }),
    'key.json',
  );
}

const nothing = {
  managementFlag: undefined,
  serviceControlFlag: undefined,
  endpoint: undefined,
  key: undefined,
};

describe('resolveControlPlaneUrls', () => {
  it('goes to Google without any other word', () => {
    assert.deepEqual(resolveControlPlaneUrls(nothing), {
      management: 'https://servicemanagement.googleapis.com',
      serviceControl: undefined,
    });
  });

  it('goes to Google with a key of Google', () => {
    const urls = resolveControlPlaneUrls({ ...nothing, key: keyWith('https://oauth2.googleapis.com/token') });
    assert.equal(urls.management, 'https://servicemanagement.googleapis.com');
  });

  it('goes to the server that issued the key', () => {
    const urls = resolveControlPlaneUrls({ ...nothing, key: keyWith('http://127.0.0.1:9000/token') });
    assert.deepEqual(urls, { management: 'http://127.0.0.1:9000', serviceControl: 'http://127.0.0.1:9000' });
  });

  it('prefers the environment to the key', () => {
    const urls = resolveControlPlaneUrls({
      ...nothing,
      endpoint: 'http://env:1/',
      key: keyWith('http://key:2/token'),
    });
    assert.deepEqual(urls, { management: 'http://env:1', serviceControl: 'http://env:1' });
  });

  it('prefers flags to everything', () => {
    const given = {
      ...nothing,
      managementFlag: 'http://m:1',
      serviceControlFlag: 'http://c:2',
      endpoint: 'http://env:3',
    };
    assert.deepEqual(resolveControlPlaneUrls(given), {
      management: 'http://m:1',
      serviceControl: 'http://c:2',
    });
  });

  it('looks for Service Control where Service Management is when only that is named', () => {
    assert.equal(
      resolveControlPlaneUrls({ ...nothing, managementFlag: 'http://m:1' }).serviceControl,
      'http://m:1',
    );
  });
});
