import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolveBaseUrls } from './base-urls.ts';

const configured = ['https://control.example.com'];

describe('resolveBaseUrls', () => {
  const rows: readonly (readonly [
    string,
    string | undefined,
    readonly string[],
    string,
    readonly string[],
  ])[] = [
    [
      'takes the Host header where nothing is configured',
      'Gate:8080',
      [],
      'http://gate:8080',
      ['http://gate:8080', 'https://gate:8080'],
    ],
    [
      'takes a Host header that names this machine beside configured URLs',
      '127.0.0.1:80',
      configured,
      'https://control.example.com',
      [...configured, 'http://127.0.0.1:80', 'https://127.0.0.1:80'],
    ],
    [
      'takes the IPv6 loopback for this machine',
      '[::1]:80',
      configured,
      'https://control.example.com',
      [...configured, 'http://[::1]:80', 'https://[::1]:80'],
    ],
    [
      'knows a configured URL by its Host header',
      'control.example.com',
      configured,
      'https://control.example.com',
      configured,
    ],
    [
      'does not believe another Host header beside configured URLs',
      'servicecontrol.googleapis.com',
      configured,
      'https://control.example.com',
      configured,
    ],
    [
      'is not fooled by a name that starts like the loopback',
      '127.0.0.1.example.com',
      configured,
      'https://control.example.com',
      configured,
    ],
    ['ignores a Host header of the wrong form', 'a/b"c', [], 'http://localhost', []],
    ['does without a Host header', undefined, [], 'http://localhost', []],
  ];
  for (const [name, host, urls, reached, accepted] of rows)
    test(name, () => assert.deepEqual(resolveBaseUrls(host, urls), { reached, accepted }));
});
