import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { SourceText } from './source-text.ts';

describe('SourceText', () => {
  const source = new SourceText('f.yaml', 'ab\r\n\ncd');

  for (const [offset, line, column] of [
    [0, 1, 1],
    [2, 1, 3],
    [4, 2, 1],
    [5, 3, 1],
    [7, 3, 3],
  ] as const) {
    test(`locates offset ${offset} in line ${line}, column ${column}`, () => {
      assert.deepEqual(source.locate(offset), { file: 'f.yaml', line, column });
    });
  }

  test('gives lines without their ends', () => {
    assert.deepEqual([source.line(1), source.line(2), source.line(3)], ['ab', '', 'cd']);
  });

  test('has no line behind the last', () => assert.equal(source.line(4), undefined));
});
