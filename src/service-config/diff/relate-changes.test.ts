import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallerChange } from './caller-change.ts';
import type { ElementChange } from './element-change.ts';
import { relateChanges } from './relate-changes.ts';

function changed(element: string): ElementChange {
  return { element, type: 'added', oldValue: undefined, newValue: '1' };
}

const elements = ['a', 'b.c', 'b.d[id=="x"].e', 'b.d[id=="x"].f', 'g[0].h'].map(changed);

describe('relateChanges', () => {
  for (const [fact, element, expected] of [
    ['the element itself', 'b.c', 'b.c'],
    ['the element that contains it', 'a.x[0].y', 'a'],
    ['the first element within it', 'b.d[id=="x"]', 'b.d[id=="x"].e'],
    ['the first element within the nearest parent', 'b.d[id=="x"].z', 'b.d[id=="x"].e'],
    ['the first element within a farther parent', 'g[1].h', 'g[0].h'],
    ['the first element of all where nothing is near', 'z', 'a'],
  ] as const)
    test(`puts a change beside ${fact}`, () => {
      const caller: CallerChange = { severity: 'breaking', rule: 'r', element, message: 'm' };
      const related = relateChanges({ callers: [caller], elements });
      assert.deepEqual(
        related.filter(({ callers }) => callers.length > 0).map(({ change }) => change.element),
        [expected],
      );
    });

  test('keeps elements that mean nothing to callers, in order', () => {
    assert.deepEqual(
      relateChanges({ callers: [], elements }).map(({ change }) => change),
      elements,
    );
  });
});
