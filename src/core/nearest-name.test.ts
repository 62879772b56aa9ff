import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { nearestName } from './nearest-name.ts';

const names = ['security', 'operationId', 'x-google-backend', 'in'];

describe('nearestName', () => {
  for (const [slip, name] of [
    ['Security', 'security'],
    ['securty', 'security'],
    ['operation_id', 'operationId'],
    ['x-google-bakcend', 'x-google-backend'],
    ['anything', undefined],
    ['on', undefined],
    ['', undefined],
  ] as const) {
    test(`takes '${slip}' for ${name ?? 'nothing'}`, () => assert.equal(nearestName(slip, names), name));
  }

  test('takes no longer for long names than reading them does', () => {
    const long = 'x'.repeat(1_000_000);
    assert.equal(nearestName(`${long}ab`, [`${long}ba`]), `${long}ba`);
  });

  test('counts edits as the table of all prefixes does', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (name, candidate, maxEdits) => {
        const edits = allEdits(name, candidate);
        const isNear = name === candidate || (edits <= maxEdits && edits < candidate.length / 2);
        assert.equal(nearestName(name, [candidate], maxEdits), isNear ? candidate : undefined);
      }),
    );
  });
});

/** Levenshtein distance by the textbook. */
function allEdits(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const table = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    table[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (row: number, column: number): number => table[row]?.[column] ?? Infinity;
      const substitution = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      (table[i] as number[]).push(Math.min(substitution, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return (table[a.length] as number[])[b.length] as number;
}
