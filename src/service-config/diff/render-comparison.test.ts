import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ElementChange } from './element-change.ts';
import { renderComparison } from './render-comparison.ts';

function modified(element: string, value: string): ElementChange {
  return { element, type: 'modified', oldValue: '"old"', newValue: JSON.stringify(value) };
}

describe('renderComparison', () => {
  test('prints nothing for nothing as text, and empty lists as JSON', () => {
    const nothing = { callers: [], elements: [] };
    assert.equal(renderComparison(nothing, 'text'), '');
    assert.deepEqual(JSON.parse(renderComparison(nothing, 'json')), nothing);
  });

  test('tells alike changes of several operations once', () => {
    const change = (operation: string): object => ({
      severity: 'breaking',
      rule: 'r',
      element: `e[selector=="${operation}"]`,
      message: `${operation} is gone.`,
      operation,
    });
    const callers = ['A', 'B', 'C'].map(change) as never[];
    assert.equal(
      renderComparison({ callers, elements: [] }, 'text'),
      'BREAKING\n  A is gone. [r]\n    e[selector=="A"]\n    likewise: B, C\n',
    );
  });

  test('shortens long values and counts what is too much', () => {
    const elements = Array.from({ length: 22 }, (_, at) => modified(`e${at}`, 'x'.repeat(100)));
    const lines = renderComparison({ callers: [], elements }, 'text').split('\n');
    assert.equal(lines[1], `  ~ e0: "old" -> "${'x'.repeat(58)}\u2026`);
    assert.equal(lines[21], '  and 2 more, all in --format=json');
  });

  test('lets no control character reach a terminal', () => {
    const callers = [
      { severity: 'notice', rule: 'r', element: 'a\u001b[2J', message: 'm\u009b\n', operation: 'o\u0007' },
    ] as const;
    const text = renderComparison({ callers, elements: [modified('b\u001b', 'c')] }, 'text');
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
