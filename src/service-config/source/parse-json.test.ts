import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { defaultSourceLimits } from './limits.ts';
import { parseJson } from './parse-json.ts';
import { child, toPlain } from './source-node.ts';
import { SourceProblem } from './source-problem.ts';
import { SourceText } from './source-text.ts';

function parse(text: string, limits: Partial<typeof defaultSourceLimits> = {}) {
  return parseJson(new SourceText('f.json', text), { ...defaultSourceLimits, ...limits });
}

/** Large integers as JSON.parse has them. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

describe('parseJson', () => {
  test('agrees with JSON.parse on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        assert.equal(JSON.stringify(toPlain(parse(text)), rounded), JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  test('knows where values and keys stand', () => {
    const root = parse('{\n  "a": [1, "x"]\n}');
    assert.ok(root.kind === 'mapping');
    const list = child(root, 'a');
    assert.ok(list?.kind === 'sequence');
    assert.deepEqual(root.source.locate(root.entries.get('a')?.keyOffset ?? -1), {
      file: 'f.json',
      line: 2,
      column: 3,
    });
    assert.deepEqual(root.source.locate(list.items[1]?.offset ?? -1), {
      file: 'f.json',
      line: 2,
      column: 12,
    });
  });

  test('keeps integers exact that a double cannot hold', () => {
    assert.equal(toPlain(parse('9223372036854775807')), 9223372036854775807n);
  });

  test('takes __proto__ for a key like any other', () => {
    const root = parse('{"__proto__": {"polluted": true}, "constructor": 1}');
    assert.ok(root.kind === 'mapping');
    assert.deepEqual([...root.entries.keys()], ['__proto__', 'constructor']);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.equal(Object.getPrototypeOf(toPlain(root)), null);
  });

  const refused: ReadonlyArray<readonly [text: string, message: RegExp, offset: number]> = [
    ['{"a": 1, "a": 2}', /^Duplicate key 'a'\.$/, 9],
    ['[1, 2', /^Expected ',' or '\]', found end of input\.$/, 5],
    ['[1,]', /^Expected a value, found '\]'\.$/, 3],
    ['{"a" 1}', /^Expected ':', found '1'\.$/, 5],
    ['{a: 1}', /^Expected a key in double quotes, found 'a'\.$/, 1],
    ['{"a": 1} x', /^Unexpected 'x'\.$/, 9],
    ['"abc', /^The string has no closing quote\.$/, 0],
    ['"a\nb"', /^A control character/, 2],
    ['"\\x"', /^The string has an invalid escape\.$/, 0],
    ['01', /^Unexpected '1'\.$/, 1],
    ['', /^Expected a value, found end of input\.$/, 0],
  ];
  for (const [text, message, offset] of refused) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parse(text),
        (error) => {
          assert.ok(error instanceof SourceProblem);
          assert.match(error.message, message);
          assert.equal(error.offset, offset);
          return true;
        },
      );
    });
  }

  test('refuses nesting above the limit at the first bracket too many', () => {
    assert.doesNotThrow(() => parse('[[[]]]', { maxDepth: 3 }));
    assert.throws(() => parse('[[[[]]]]', { maxDepth: 3 }), { name: 'SourceProblem', offset: 3 });
  });

  test('stops at the first value above the limit', () => {
    assert.throws(() => parse('[1, 2, 3, 4, 5, 6]', { maxExpandedNodes: 3 }), {
      name: 'SourceProblem',
      offset: 7,
    });
  });
});
