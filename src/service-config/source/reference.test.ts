import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseReference, pointerSegments } from './reference.ts';

describe('parseReference', () => {
  for (const [reference, path, pointer] of [
    ['#/definitions/a', 'api/openapi.yaml', '/definitions/a'],
    ['other.yaml', 'api/other.yaml', ''],
    ['./other.yaml#/a', 'api/other.yaml', '/a'],
    ['../common/x.json#/a', 'common/x.json', '/a'],
    ['../../above.yaml', '../above.yaml', ''],
    ['%2e%2e/%2e%2e/above.yaml', '../above.yaml', ''],
    ['my%20file.yaml#/a%20b', 'api/my file.yaml', '/a b'],
  ] as const) {
    test(`takes ${reference} for ${path} and '${pointer}'`, () => {
      assert.deepEqual(parseReference(reference, 'api/openapi.yaml'), { path, pointer });
    });
  }

  for (const reference of [
    'https://example.com/a.yaml#/a',
    'file:///etc/passwd',
    '/etc/passwd',
    '//host/share',
    '\\\\host\\share',
    'a\\b.yaml',
    'c:/windows/system.ini',
    '#/%zz',
  ]) {
    test(`refuses ${reference}`, () =>
      assert.equal(parseReference(reference, 'api/openapi.yaml'), undefined));
  }
});

describe('pointerSegments', () => {
  test('unescapes ~1 before ~0', () =>
    assert.deepEqual(pointerSegments('/a~1b/c~0d/~01'), ['a/b', 'c~d', '~1']));
  test('is empty for the whole document', () => assert.deepEqual(pointerSegments(''), []));
});
