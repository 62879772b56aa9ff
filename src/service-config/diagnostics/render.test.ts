import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { Diagnostic } from '../diagnostic.ts';
import { renderDiagnostics } from './render.ts';

const contents = new TextEncoder().encode('swagger: "2.0"\n\thost: a%b\n');
const files = [{ path: './f.yaml', contents }];

const placed: Diagnostic = {
  kind: 'error',
  rule: 'a-rule',
  location: 'f.yaml: host',
  message: 'It is wrong, 100%.',
  hint: 'Write it right.',
  source: { file: 'f.yaml', line: 2, column: 2 },
};
const placeless: Diagnostic = {
  kind: 'warning',
  rule: 'b-rule',
  location: 'toplevel',
  message: 'Two\nlines.',
  hint: undefined,
  source: undefined,
};

describe('renderDiagnostics', () => {
  test('prints text with the line, a caret below the column, and the hint', () => {
    assert.equal(
      renderDiagnostics([placed, placeless], 'text', files),
      [
        'ERROR: f.yaml: host: It is wrong, 100%. [a-rule]',
        '  --> f.yaml:2:2',
        '   2 |  host: a%b',
        '     |  ^',
        '  help: Write it right.',
        'WARNING: toplevel: Two',
        'lines. [b-rule]',
        '',
      ].join('\n'),
    );
  });

  test('prints text without the line when the file is not at hand', () => {
    assert.doesNotMatch(renderDiagnostics([placed], 'text'), /\|/);
  });

  test('shows a part of a long line around the column', () => {
    const line = `${'a'.repeat(5000)}X${'b'.repeat(5000)}`;
    const diagnostic = { ...placed, source: { file: 'f.json', line: 1, column: 5001 } };
    const text = renderDiagnostics([diagnostic], 'text', [
      { path: 'f.json', contents: new TextEncoder().encode(line) },
    ]);
    const [shown, caret] = text.split('\n').slice(2, 4) as [string, string];
    assert.equal(shown.length, caret.indexOf('|') + 2 + 120);
    assert.equal(shown.charAt(caret.indexOf('^')), 'X');
  });

  test('lets no control character of a file reach the terminal', () => {
    const evil = { ...placed, message: 'a\u001b[31mb\u009bc' };
    const line = new TextEncoder().encode('\u001b[2Jx');
    const text = renderDiagnostics([{ ...evil, source: { file: 'f.yaml', line: 1, column: 1 } }], 'text', [
      { path: 'f.yaml', contents: line },
    ]);
    assert.ok(!text.includes('\u001b') && !text.includes('\u009b'));
  });

  test('prints JSON that gives the findings back', () => {
    const { hint: _hint, source: _source, ...rest } = placeless;
    assert.deepEqual(JSON.parse(renderDiagnostics([placed, placeless], 'json')), [placed, rest]);
  });

  test('prints workflow commands with everything escaped', () => {
    assert.equal(
      renderDiagnostics(
        [{ ...placed, source: { file: 'a,b:c.yaml', line: 2, column: 2 } }, placeless],
        'github',
      ),
      [
        '::error file=a%2Cb%3Ac.yaml,line=2,col=2,title=a-rule::f.yaml: host: It is wrong, 100%25.%0AWrite it right.',
        '::warning title=b-rule::toplevel: Two%0Alines.',
        '',
      ].join('\n'),
    );
  });

  test('prints nothing for nothing', () => {
    assert.equal(renderDiagnostics([], 'text'), '');
    assert.equal(renderDiagnostics([], 'github'), '');
  });
});
