import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, test } from 'node:test';
import { startTestControl } from '../test-control.ts';

/** Status of a GET of a path that needs no token; `fetch` would not let a test choose these headers. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/healthz`, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.end();
  });
}

const publicUrl = 'https://gate.example.com';

describe('createPageGuard', () => {
  for (const [fact, headers] of [
    ['a program that names the address', {}],
    ['a program that names localhost', { host: 'LocalHost:8180' }],
    ['a program that names an IPv6 address', { host: '[::1]:8180' }],
    ['a client that names the configured URL', { host: 'gate.example.com' }],
    ['a page of this server', { host: 'localhost:8180', origin: 'http://localhost:8180' }],
    ['a page of the configured URL', { host: '127.0.0.1', origin: publicUrl }],
  ] as const)
    test(`lets ${fact} in`, async (context) => {
      const { url } = await startTestControl(context, { baseUrls: [publicUrl] });
      assert.equal(await statusOf(url, headers), 200);
    });

  for (const [fact, headers] of [
    ['a name that resolves to loopback', { host: 'rebound.example.com' }],
    ['a name that begins like an address', { host: '127.0.0.1.example.com' }],
    ['a page of another origin', { origin: 'https://elsewhere.example.com' }],
    ['a page of another port', { host: 'localhost:8180', origin: 'http://localhost:3000' }],
    ['a sandboxed page', { origin: 'null' }],
  ] as const)
    test(`refuses ${fact}`, async (context) => {
      const { url } = await startTestControl(context, { baseUrls: [publicUrl] });
      assert.equal(await statusOf(url, headers), 403);
    });
});
