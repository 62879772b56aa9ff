import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchesGlob, matchesReferrer } from './url-pattern.ts';

describe('matchesReferrer', () => {
  for (const [pattern, referrer, expected] of [
    ['example.com/*', 'https://example.com/a/b?c', true],
    ['example.com/*', 'http://example.com/', true],
    ['example.com/*', 'https://www.example.com/', false],
    ['*.example.com/*', 'https://www.example.com/', true],
    ['*.example.com/*', 'https://a.b.example.com/x', true],
    ['*.example.com/*', 'https://example.com/', false],
    ['*.example.com/*', 'https://evil.com/www.example.com/', false],
    ['*.example.com/*', 'https://evil.com/?.example.com/', false],
    ['*.example.com/*', 'https://evilexample.com/', false],
    ['example.com', 'https://example.com/', true],
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://example.com/a', false],
    ['https://example.com/*', 'https://example.com/a', true],
    ['https://example.com/*', 'http://example.com/a', false],
    ['example.com/path/*', 'https://example.com/path/a', true],
    ['example.com/path/*', 'https://example.com/other', false],
    ['localhost:8080/*', 'http://localhost:8080/a', true],
    ['localhost/*', 'http://localhost:8080/a', false],
    ['EXAMPLE.com/*', 'https://example.COM/a', true],
    ['example.com/A', 'https://example.com/a', false],
    ['*', 'https://example.com/', true],
    ['example.com/*', '', false],
    ['example.com/*', 'example.com/a', false],
    ['example.com/*', `https://example.com/${'a'.repeat(9000)}`, false],
    ['example.com/*', 'https://example.com@evil.com/a', false],
  ] as const)
    it(`${pattern} ${expected ? 'matches' : 'does not match'} ${referrer.slice(0, 60)}`, () => {
      assert.equal(matchesReferrer(pattern, referrer), expected);
    });
});

describe('matchesGlob', () => {
  for (const [pattern, text, expected] of [
    ['', '', true],
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['*b*', 'abc', true],
    ['a**c', 'ac', true],
    ['*aab', 'aaaab', true],
    ['a', 'ab', false],
    ['ab', 'a', false],
  ] as const)
    it(`'${pattern}' ${expected ? 'matches' : 'does not match'} '${text}'`, () => {
      assert.equal(matchesGlob(pattern, text), expected);
    });

  it('stays quick on a hostile pair', () => {
    assert.equal(matchesGlob(`${'a*'.repeat(200)}b`, 'a'.repeat(8000)), false);
  });
});
