import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createEchoServer } from './server.ts';

const server = createEchoServer();
let base = '';

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const post = (body: string): Promise<Response> =>
  fetch(`${base}/echo?key=k`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

describe('createEchoServer', () => {
  for (const [body, status, expected] of [
    ['{"message":"hello world"}', 200, { message: 'hello world' }],
    ['{}', 200, { message: '' }],
    ['', 400, { code: 400, message: 'The body must be a JSON object' }],
    ['[1]', 400, { code: 400, message: 'The body must be a JSON object' }],
    ['{"message":', 400, { code: 400, message: 'The body must be a JSON object' }],
  ] as const) {
    it(`answers POST /echo with ${status} to the body ${body || '(none)'}`, async () => {
      const response = await post(body);
      assert.equal(response.status, status);
      assert.equal(response.headers.get('content-type'), 'application/json');
      assert.deepEqual(await response.json(), expected);
    });
  }

  it('refuses a body above the limit', async () => {
    const response = await post(JSON.stringify({ message: 'x'.repeat(1024 * 1024) }));
    assert.equal(response.status, 413);
  });

  it('calls a caller without user info anonymous', async () => {
    const response = await fetch(`${base}/auth/info/googlejwt`);
    assert.deepEqual(await response.json(), { id: 'anonymous' });
  });

  for (const [name, encode] of [
    ['base64url without padding', (json: string) => Buffer.from(json).toString('base64url')],
    ['base64 with padding', (json: string) => Buffer.from(json).toString('base64')],
    ['a bytes literal', (json: string) => `b'${Buffer.from(json).toString('base64')}'`],
  ] as const) {
    it(`returns the user info unchanged from ${name}`, async () => {
      const info = { issuer: 'i', id: 'u', email: 'a@b.c', claims: '{"sub":"u"}' };
      const response = await fetch(`${base}/auth/info/googleidtoken`, {
        headers: { 'X-Endpoint-API-UserInfo': encode(JSON.stringify(info)) },
      });
      assert.deepEqual(await response.json(), info);
    });
  }

  it('answers 500 in its own words to user info that is no JSON', async () => {
    const response = await fetch(`${base}/auth/info/googlejwt`, {
      headers: { 'X-Endpoint-API-UserInfo': '!!' },
    });
    assert.equal(response.status, 500);
    assert.match(((await response.json()) as { message: string }).message, /^Exception: /);
  });

  it('lets browsers of any origin call the Firebase method', async () => {
    const response = await fetch(`${base}/auth/info/firebase`, { headers: { origin: 'https://a.example' } });
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
  });

  it('answers 404 outside its paths', async () => {
    assert.equal((await fetch(`${base}/nothing`)).status, 404);
  });

  it('answers 405 with Allow to another verb', async () => {
    const response = await fetch(`${base}/echo`);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
  });
});
