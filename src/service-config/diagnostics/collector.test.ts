import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { DiagnosticCollector, maxDiagnostics } from './collector.ts';

const finding = { rule: 'r', location: 'toplevel', message: 'm' };

describe('DiagnosticCollector', () => {
  test('keeps equal findings once', () => {
    const diagnostics = new DiagnosticCollector();
    diagnostics.warning(finding);
    diagnostics.warning({ ...finding });
    diagnostics.error(finding);
    assert.deepEqual(
      diagnostics.list().map(({ kind }) => kind),
      ['warning', 'error'],
    );
  });

  test('has errors once an error was reported', () => {
    const diagnostics = new DiagnosticCollector();
    diagnostics.warning(finding);
    assert.equal(diagnostics.hasErrors, false);
    diagnostics.error(finding);
    assert.equal(diagnostics.hasErrors, true);
  });

  test('says how many findings it has left out, and never forgets that one was an error', () => {
    const diagnostics = new DiagnosticCollector();
    for (let at = 0; at < maxDiagnostics + 2; at++) diagnostics.warning({ ...finding, message: `${at}` });
    diagnostics.error(finding);
    const last = diagnostics.list().at(-1);
    assert.equal(diagnostics.list().length, maxDiagnostics + 1);
    assert.equal(last?.message, '3 more findings are left out.');
    assert.equal(last?.kind, 'error');
    assert.equal(diagnostics.hasErrors, true);
  });
});
