import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { defaultSourceLimits } from './limits.ts';
import { parseYaml } from './parse-yaml.ts';
import { child, toPlain } from './source-node.ts';
import { SourceText } from './source-text.ts';

function parse(text: string, limits: Partial<typeof defaultSourceLimits> = {}) {
  return parseYaml(new SourceText('f.yaml', text), { ...defaultSourceLimits, ...limits });
}

function plain(text: string): unknown {
  return JSON.parse(
    JSON.stringify(toPlain(parse(text)), (_key, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
}

describe('parseYaml', () => {
  test('shares the node of an anchor with its aliases', () => {
    const root = parse('a: &x {b: 1}\nc: *x\n');
    assert.equal(child(root, 'a'), child(root, 'c'));
  });

  test('merges << without overriding what the mapping says itself', () => {
    assert.deepEqual(plain('a: &x {b: 1, c: 2}\nd: &y {c: 3}\ne:\n  b: 9\n  <<: [*x, *y]\n'), {
      a: { b: 1, c: 2 },
      d: { c: 3 },
      e: { b: 9, c: 2 },
    });
  });

  test('takes a quoted << for a key', () => {
    assert.deepEqual(plain('"<<": {a: 1}\n'), { '<<': { a: 1 } });
  });

  test('keeps keys as they are spelled', () => {
    assert.deepEqual(plain('200: a\n010: b\ntrue: c\nnull: d\n1.0: e\n'), {
      200: 'a',
      '010': 'b',
      true: 'c',
      null: 'd',
      '1.0': 'e',
    });
  });

  test('keeps integers exact that a double cannot hold', () => {
    assert.deepEqual(plain('a: 9223372036854775807\n'), { a: '9223372036854775807n' });
  });

  test('gives an absent value the place of its key', () => {
    const root = parse('a: 1\nb:\n');
    assert.equal(child(root, 'b')?.offset, 5);
  });

  const refused: ReadonlyArray<readonly [name: string, text: string, message: RegExp, offset: number]> = [
    ['a duplicate key', 'a: 1\na: 2\n', /^Duplicate key 'a'\.$/, 5],
    ['an unknown alias', 'a: *x\n', /^Unknown alias '\*x'\.$|Unresolved alias/, 3],
    ['an alias inside its own anchor', 'a: &x [*x]\n', /^Alias '\*x' contains itself\.$/, 7],
    ['a key that is a mapping', '{a: 1}: 2\n', /^A key must be a string\.$/, 0],
    ['a merge of a scalar', 'a:\n  <<: 3\n', /^The value of '<<' must be a mapping/, 9],
    ['two documents', 'a: 1\n---\nb: 2\n', /^The file has more than one YAML document\.$/, 5],
    ['an unclosed flow', 'a: [1, 2\nb: 3\n', /Flow sequence/, 9],
  ];
  for (const [name, text, message, offset] of refused) {
    test(`refuses ${name}`, () => {
      assert.throws(() => parse(text), { name: 'SourceProblem', message, offset });
    });
  }

  test('refuses more alias nodes than the limit', () => {
    const aliases = (count: number) =>
      `a: &x 1\nb: [${Array.from({ length: count }, () => '*x').join(', ')}]\n`;
    assert.doesNotThrow(() => parse(aliases(200)));
    assert.throws(() => parse(aliases(201)), { message: 'The document has more than 200 alias nodes.' });
  });

  test('counts what aliases expand to, so that a bomb of 81 aliases is refused', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi', 'ij'].map((pair) => [
      ...pair,
    ])) {
      levels.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`);
    }
    assert.throws(() => parse(levels.join('\n')), {
      message: /too many values once its aliases are expanded/,
    });
  });

  test('adds the height of an alias to the depth it is used at', () => {
    const text = 'a: &a [[1]]\nb: &b [[*a]]\nc: [[*b]]\n';
    assert.doesNotThrow(() => parse(text, { maxDepth: 7 }));
    assert.throws(() => parse(text, { maxDepth: 6 }), { message: /nested more than 6 levels/ });
  });

  for (const [name, text] of [
    ['brackets', '['.repeat(50_000)],
    ['dashes', '- '.repeat(50_000)],
    ['question marks', '? '.repeat(50_000)],
    ['indentation', Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ] as const) {
    test(`refuses bottomless ${name} without exhausting the stack`, () => {
      assert.throws(() => parse(text), { message: 'The document is nested more than 100 levels deep.' });
    });
  }

  test('refuses to begin with more tokens than the limit, and points where plain YAML ends', () => {
    const source = new SourceText('f.yaml', `${'a: 1\n'.repeat(3)}`);
    assert.throws(() => parseYaml(source, { ...defaultSourceLimits, maxComplexYamlTokens: 10 }, 7), {
      name: 'SourceProblem',
      offset: 7,
    });
  });

  test('stops at the first broken token', () => {
    assert.throws(() => parse('a: 1\n}\n}\n'), { name: 'SourceProblem', offset: 5 });
  });
});
