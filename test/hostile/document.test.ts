import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checklist, notShown } from './items.ts';
import { documentedCases, renderDocument } from './render-document.ts';

const path = join(import.meta.dirname, '../../docs/reference/hostile-input.md');

describe('docs/reference/hostile-input.md', () => {
  test('says what the tables say', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, renderDocument());
    assert.equal(readFileSync(path, 'utf8'), renderDocument());
  });

  test('has every item of the checklist, shown or with a reason', () => {
    const shown = new Set([...documentedCases.map(({ item }) => item), ...notShown.map(([item]) => item)]);
    const wanted = [...range(1, 76), ...range(114, 120)];
    assert.deepEqual(
      wanted.filter((item) => !shown.has(item)),
      [],
    );
  });

  test('has a title for every item that is shown', () => {
    const titled = new Set(checklist.flatMap(({ items }) => Object.keys(items).map(Number)));
    assert.deepEqual(
      documentedCases.filter(({ item }) => !titled.has(item)),
      [],
    );
  });

  test('names no input of an item twice', () => {
    const names = documentedCases.map(
      ({ item, input, answer }) => `${item} ${answer.startsWith('ESP v1')} ${input}`,
    );
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_one, index) => first + index);
}
