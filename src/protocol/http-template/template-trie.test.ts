import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { comparePatterns } from './compare-templates.ts';
import type { TemplatePattern } from './compare-templates.ts';
import type { HttpTemplate } from './http-template.ts';
import { parseHttpTemplate } from './parse-http-template.ts';
import { toTemplateMatcher } from './template-matcher.ts';
import { TemplateTrie } from './template-trie.ts';
import type { TemplateTrieOptions } from './template-trie.ts';

function template(text: string): HttpTemplate {
  const result = parseHttpTemplate(text);
  assert.equal(result.kind, 'template', text);
  return (result as Extract<typeof result, { kind: 'template' }>).template;
}

function trieOf(patterns: readonly string[], options: TemplateTrieOptions = {}): TemplateTrie<string> {
  const trie = new TemplateTrie<string>(options);
  for (const pattern of patterns) {
    const [method, text] = pattern.split(' ') as [string, string];
    trie.add(method, template(text), pattern);
  }
  return trie;
}

/** The definition of the order of routes: the first in a sorted list whose expression matches. */
function firstInList(
  patterns: readonly TemplatePattern[],
  method: string,
  path: string,
  disallowColon: boolean,
): TemplatePattern | undefined {
  const sorted = patterns.toSorted(comparePatterns);
  return sorted.find(
    (p) => (p.method === method || p.method === '*') && matches(p.template, path, disallowColon),
  );
}

function matches(of: HttpTemplate, path: string, disallowColon: boolean): boolean {
  const matcher = toTemplateMatcher(of, { disallowColon });
  return matcher.kind === 'exact' ? matcher.paths.includes(path) : new RegExp(matcher.regex, 's').test(path);
}

const literal = fc.constantFrom('a', 'b', 'v');
const verb = fc.option(fc.constantFrom('v', 'w'), { nil: undefined });
const segments = fc.array(fc.oneof({ weight: 3, arbitrary: literal }, fc.constant('*')), { maxLength: 3 });
const suffix = fc.option(fc.array(literal, { maxLength: 2 }), { nil: undefined });
const templateText = fc
  .tuple(segments, suffix, verb)
  .filter(([head, tail, v]) => v === undefined || head.length > 0 || tail !== undefined)
  .map(([head, tail, v]) => {
    const all = tail === undefined ? head : [...head, '**', ...tail];
    return `/${all.join('/')}${v === undefined ? '' : `:${v}`}`;
  });
const method = fc.constantFrom('GET', 'POST', '*');
const pathText = fc
  .array(fc.constantFrom('/', '/', 'a', 'b', 'x', 'v', ':v', ':w', ':', 'a:v', '/a', '/b', '/:v'), {
    maxLength: 9,
  })
  .map((parts) => `/${parts.join('')}`);

describe('TemplateTrie', () => {
  for (const disallowColon of [false, true]) {
    test(`finds what a sorted list of expressions finds, colons ${disallowColon ? 'refused' : 'allowed'}`, () => {
      const inputs = [fc.array(fc.tuple(method, templateText), { maxLength: 12 }), pathText] as const;
      const property = fc.property(...inputs, (pairs, path) => {
        const trie = new TemplateTrie<string>({ disallowColon });
        const patterns: TemplatePattern[] = [];
        for (const [verbOrAny, text] of pairs) {
          const pattern = { method: verbOrAny, template: template(text) };
          const colliding = trie.add(pattern.method, pattern.template, text);
          if (colliding === undefined) patterns.push(pattern);
        }
        const expected = firstInList(patterns, 'GET', path, disallowColon);
        assert.equal(trie.find('GET', path)?.template.text, expected?.template.text);
        const first = patterns
          .toSorted(comparePatterns)
          .find((p) => matches(p.template, path, disallowColon));
        assert.equal(trie.leaves(path)[0]?.entries[0]?.template.text, first?.template.text);
      });
      fc.assert(property, { numRuns: 3_000 });
    });
  }

  test('goes on to a more general template when the first one lacks the method', () => {
    const trie = trieOf(['POST /foo/bar', 'GET /foo/**']);
    assert.equal(trie.find('GET', '/foo/bar')?.value, 'GET /foo/**');
  });

  test('prefers the named method to the one for any', () => {
    const trie = trieOf(['* /a', 'GET /a']);
    assert.equal(trie.find('GET', '/a')?.value, 'GET /a');
    assert.equal(trie.find('PUT', '/a')?.value, '* /a');
  });

  test('lets a wildcard take the colon before the verb of another template', () => {
    const trie = trieOf(['GET /x/{id}', 'GET /x/{id}:export']);
    assert.equal(trie.find('GET', '/x/1:export')?.value, 'GET /x/{id}');
  });

  test('matches the verb when wildcards may not take colons', () => {
    const trie = trieOf(['GET /x/{id}', 'GET /x/{id}:export'], { disallowColon: true });
    assert.equal(trie.find('GET', '/x/1:export')?.value, 'GET /x/{id}:export');
  });

  test('matches the verb when registered verbs win', () => {
    const trie = trieOf(['GET /x/{id}', 'GET /x/{id}:export'], { registeredVerbsWin: true });
    assert.equal(trie.find('GET', '/x/1:export')?.value, 'GET /x/{id}:export');
    assert.equal(trie.find('GET', '/x/1:other')?.value, 'GET /x/{id}');
  });

  test('matches ** with nothing only when told so', () => {
    assert.equal(trieOf(['GET /a/**']).find('GET', '/a'), undefined);
    assert.equal(trieOf(['GET /a/**'], { emptyDoubleWildcard: true }).find('GET', '/a')?.value, 'GET /a/**');
  });

  test('returns the entry that is there when structures collide', () => {
    const trie = trieOf(['GET /a/{id=*}']);
    assert.equal(trie.add('GET', template('/a/{name=*}'), 'x')?.value, 'GET /a/{id=*}');
    assert.equal(trie.find('GET', '/a/1')?.value, 'GET /a/{id=*}');
  });

  test('keeps names of Object.prototype apart', () => {
    const trie = trieOf(['GET /a/{x}/b']);
    for (const path of ['/__proto__', '/constructor', '/toString/x', '/a/__proto__'])
      assert.equal(trie.find('GET', path), undefined);
    assert.equal(trie.find('GET', '/a/__proto__/b')?.value, 'GET /a/{x}/b');
  });
});
