import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { defaultPathOptions, normalizeTarget } from './normalize-path.ts';

const off = { normalize: false, mergeSlashes: false, redirectEscapedSlashes: false };
const redirecting = { ...defaultPathOptions, redirectEscapedSlashes: true };
const malformed = { httpStatus: 400, responseCodeDetails: 'path_normalization_failed' };

const normalized: ReadonlyArray<readonly [target: string, expected: string]> = [
  ['/a/b/../c', '/a/c'],
  ['/a/b/../../../../c', '/c'],
  ['/a/..\\c', '/c'],
  ['/a/b/%2E%2E/c', '/a/c'],
  ['/a/./b/.', '/a/b/'],
  ['/a/b/..', '/a/'],
  ['/..', '/'],
  ['/%2e%2e/%2e%2e', '/'],
  ['/a/b/..;p/c', '/a/b/..;p/c'],
  ['/a/...', '/a/...'],
  ['//a//b/c///', '/a/b/c/'],
  ['/a//b?x=///c&y=/../z', '/a/b?x=///c&y=/../z'],
  ['//a/?b', '/a/?b'],
  ['//', '//'],
  ['///', '//'],
  ['/%41%4a%2d%7E%5f%2e%21', '/AJ-~_.%21'],
  ['/%c0%af', '/%c0%af'],
  ['/%5c%25', '/%5c%25'],
  ['/a/%2F%2f/c', '/a/%2F%2f/c'],
  ['/a{b}|c"d', '/a%7Bb%7D%7Cc%22d'],
  ['/a b\x7f\xe9', '/a%20b%7F%E9'],
  ['/x/%zz/%', '/x/%zz/%'],
  ['/%u002f', '/%u002f'],
  ['/a%%33%30', '/a%2530'],
  ['/a%%330', '/a%2530'],
  ['/a//../b', '/a/b'],
  ['/a/b%2f..%2fc', '/a/b%2f..%2fc'],
  ['/%252e%252e', '/%252e%252e'],
  ['/A;v=1', '/A;v=1'],
  ['/a%3Averb', '/a%3Averb'],
  ['/a%0d%0ab', '/a%0d%0ab'],
];

describe('normalizeTarget', () => {
  for (const [target, expected] of normalized) {
    test(`makes ${JSON.stringify(expected)} of ${JSON.stringify(target)}`, () => {
      assert.equal(normalizeTarget(target, defaultPathOptions), expected);
    });
  }

  for (const target of ['/xyz/%00.%00./abc', '/xyz/AAAAA%%0000/abc', '/a\0b', '/a#b', '/a?b#c']) {
    test(`refuses ${JSON.stringify(target)}`, () => {
      assert.deepEqual(normalizeTarget(target, defaultPathOptions), malformed);
    });
  }

  test('answers 404 to an empty target', () => {
    const expected = { httpStatus: 404, responseCodeDetails: 'missing_path_rejected' };
    assert.deepEqual(normalizeTarget('', defaultPathOptions), expected);
  });

  test('answers 404 to a target without a leading slash', () => {
    const expected = { httpStatus: 404, responseCodeDetails: 'absolute_path_rejected' };
    assert.deepEqual(normalizeTarget('*', defaultPathOptions), expected);
  });

  const redirects: ReadonlyArray<readonly [target: string, location: string]> = [
    ['/a%2Fb%2fc/', '/a/b/c/'],
    ['/x/%2E%2e/z%2f%2Fabc%5C..%5cdef', '/z/def'],
    ['/a%5C%5Cb', '/a/b'],
    ['/a%2f..%2fb?x=%2F', '/b?x=%2F'],
  ];
  for (const [target, location] of redirects) {
    test(`redirects ${target} to ${location} when escaped slashes are disallowed`, () => {
      const result = normalizeTarget(target, redirecting);
      assert.ok(typeof result !== 'string');
      assert.deepEqual([result.httpStatus, result.location], [307, location]);
    });
  }

  for (const target of ['/p?u=%2Fq', '/a%252fb']) {
    test(`lets ${target} pass when escaped slashes are disallowed`, () => {
      assert.equal(normalizeTarget(target, redirecting), target);
    });
  }

  for (const target of ['/echo/%4A/path/', '/echo/123/../123/path//', '/a\\b']) {
    test(`keeps ${target} with everything switched off`, () => {
      assert.equal(normalizeTarget(target, off), target);
    });
  }

  for (const target of ['/%2Fevil.example', '/%5Cevil.example', '/%2f%2fevil.example?x']) {
    test(`redirects ${target} to no other host`, () => {
      const merging = normalizeTarget(target, redirecting);
      assert.ok(typeof merging !== 'string');
      assert.match(merging.location ?? '', /^\/evil\.example/);
      assert.deepEqual(normalizeTarget(target, { ...off, redirectEscapedSlashes: true }), malformed);
    });
  }

  test('refuses a fragment with everything switched off', () => {
    assert.deepEqual(normalizeTarget('/a#b', off), malformed);
  });

  test('merges slashes without normalising', () => {
    assert.equal(normalizeTarget('/a//%4A/..', { ...off, mergeSlashes: true }), '/a/%4A/..');
  });

  test('takes 10,000 segments', () => {
    assert.equal(normalizeTarget('/a'.repeat(10_000) + '/..'.repeat(10_000), defaultPathOptions), '/');
  });

  test('is idempotent and leaves no dot segment', () => {
    const pieces = fc.constantFrom(
      '/',
      '.',
      '%2e',
      '%',
      '2',
      'e',
      '5',
      'a',
      '\\',
      '%41',
      '{',
      '..',
      '%2F',
      '?',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const once = normalizeTarget(`/${parts.join('')}`, defaultPathOptions);
        assert.ok(typeof once === 'string');
        const path = once.split('?')[0] as string;
        assert.ok(!path.split('/').some((segment) => segment === '.' || segment === '..'), once);
        assert.equal(normalizeTarget(once, defaultPathOptions), once);
      }),
    );
  });
});
