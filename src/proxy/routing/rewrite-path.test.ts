import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PathTranslation } from './method-config.ts';
import { checkRewritableTarget, rewriteTarget } from './rewrite-path.ts';

const constant: PathTranslation = { kind: 'constant', path: '/c' };
const append: PathTranslation = { kind: 'append', prefix: '/p' };
const table: ReadonlyArray<
  readonly [
    name: string,
    translation: PathTranslation,
    query: string | undefined,
    bindings: string[],
    expected: string,
  ]
> = [
  ['append keeps path and query', append, 'x=1', ['id', '7'], '/p/a/7/?x=1'],
  ['append keeps an empty query', append, '', [], '/p/a/7/?'],
  ['append adds no mark', append, undefined, [], '/p/a/7/'],
  ['constant without anything', constant, undefined, [], '/c'],
  ['constant with a query', constant, 'x=1', [], '/c?x=1'],
  ['constant with bindings', constant, undefined, ['id', '7', 'n.m', 'a/b%20'], '/c?id=7&n.m=a/b%20'],
  ['constant with both, the query first', constant, 'x=1', ['id', '7'], '/c?x=1&id=7'],
  ['constant keeps a parameter of the same name', constant, 'id=1', ['id', '7'], '/c?id=1&id=7'],
  ['constant with an empty query and bindings', constant, '', ['id', '7'], '/c?id=7'],
  ['bindings first', { ...constant, bindingsFirst: true }, 'x=1', ['id', '7'], '/c?id=7&x=1'],
  [
    'query names',
    { ...constant, queryNames: new Map([['shelf_id', 'shelfId']]) },
    undefined,
    ['shelf_id', '7', 'o', ''],
    '/c?shelfId=7&o=',
  ],
];

describe('rewriteTarget', () => {
  for (const [name, translation, query, bindings, expected] of table) {
    test(name, () => {
      assert.equal(rewriteTarget(translation, { path: '/a/7/', query, bindings }), expected);
    });
  }

  for (const value of ['//evil.example', '@evil.example', '../..', '%2e%2e']) {
    test(`keeps ${value} of a variable in the query, where it names no host and no path`, () => {
      const target = rewriteTarget(constant, { path: '/x', query: undefined, bindings: ['id', value] });
      const url = new URL(`http://backend${target}`);
      assert.deepEqual([url.host, url.pathname], ['backend', '/c']);
    });
  }
});

describe('checkRewritableTarget', () => {
  const bad: ReadonlyArray<readonly [target: string, details: string]> = [
    ['', 'path_rewrite_bad_request{MISSING_PATH}'],
    [`/${'x'.repeat(8_192)}`, 'path_rewrite_bad_request{OVERSIZE_PATH}'],
    ['/a#b', 'path_rewrite_bad_request{PATH_WITH_FRAGMENT_IDENTIFIER}'],
  ];
  for (const [target, details] of bad) {
    test(`answers ${details}`, () => {
      assert.equal(checkRewritableTarget(target)?.responseCodeDetails, details);
    });
  }

  test('accepts 8192 bytes', () => {
    assert.equal(checkRewritableTarget(`/${'x'.repeat(8_191)}`), undefined);
  });
});
