import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyRewriteRules, compileRewriteRule } from './rewrite-rules.ts';
import type { RewriteRule } from './rewrite-rules.ts';

function rule(text: string): RewriteRule {
  const result = compileRewriteRule(text);
  assert.ok(result.kind === 'rule', 'problem' in result ? result.problem : '');
  return result.rule;
}

describe('applyRewriteRules', () => {
  const rules = [rule('^/apis/shelves$ /shelves'), rule('^/apis/(\\w+)/(\\d+)\\?(.*) /$1?id=$2&$3&all=$0')];

  const table = [
    ['/apis/shelves', '/shelves'],
    ['/apis/books/7?x=1', '/books?id=7&x=1&all=/apis/books/7?x=1'],
    ['/other', '/other'],
  ] as const;
  for (const [target, expected] of table) {
    test(`makes ${expected} of ${target}`, () => {
      assert.equal(applyRewriteRules(rules, target), expected);
    });
  }

  test('makes a path of whatever a rule leaves', () => {
    assert.equal(applyRewriteRules([rule('^/(.*)$ $1')], '/http://internal/'), '/http://internal/');
  });

  test('fills a group that took no part with nothing', () => {
    assert.equal(applyRewriteRules([rule('^/a(b)?$ /x$1')], '/a'), '/x');
  });
});

describe('compileRewriteRule', () => {
  for (const text of ['', '/only', '/a /b /c', '( /b', '/a /$1']) {
    test(`refuses '${text}'`, () => {
      assert.equal(compileRewriteRule(text).kind, 'error');
    });
  }
});
