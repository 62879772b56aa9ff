import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultApiKeyLocations, extractApiKey } from './extract-api-key.ts';
import { findQueryParameter } from './query-parameter.ts';

describe('extractApiKey', () => {
  for (const [query, headers, key] of [
    ['key=a', [], 'a'],
    ['api_key=a', [], 'a'],
    [undefined, ['x-api-key', 'h'], 'h'],
    ['key=a&api_key=b', ['x-api-key', 'h'], 'a'],
    ['api_key=b&key=a', [], 'a'],
    ['api_key=b', ['x-api-key', 'h'], 'b'],
    ['key=', ['x-api-key', 'h'], ''],
    ['key', ['x-api-key', 'h'], ''],
    ['key=%41', [], '%41'],
    ['key=a&key=b', [], 'a'],
    [undefined, ['x-api-key', 'h', 'x-api-key', 'i'], 'h'],
    ['apikey=a&xkey=b', [], ''],
    [undefined, [], ''],
  ] as const)
    it(`finds '${key}' in ?${query} ${headers.join(' ')}`, () => {
      assert.equal(extractApiKey({ query, headers }, defaultApiKeyLocations), key);
    });

  it('looks nowhere else where an operation names the places', () => {
    const locations = [{ kind: 'header', name: 'x-key' }] as const;
    assert.equal(extractApiKey({ query: 'key=a', headers: ['x-key', 'h'] }, locations), 'h');
    assert.equal(extractApiKey({ query: 'key=a', headers: [] }, locations), '');
  });
});

describe('findQueryParameter', () => {
  for (const [query, value] of [
    ['', undefined],
    ['a', ''],
    ['a=', ''],
    ['a=b=c', 'b=c'],
    ['b&a=1', '1'],
    ['aa=1&a=2', '2'],
    ['&&a=1&', '1'],
    ['b=a=1', undefined],
  ] as const)
    it(`reads a of '${query}' as ${value}`, () => {
      assert.equal(findQueryParameter(query, 'a'), value);
    });
});
