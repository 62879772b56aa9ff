import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { DiagnosticCollector, maxDiagnostics, maxTextLength } from './collector.ts';

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

  test('says how many findings it has left out', () => {
    const diagnostics = new DiagnosticCollector();
    for (let at = 0; at < maxDiagnostics + 2; at++) diagnostics.warning({ ...finding, message: `${at}` });
    const last = diagnostics.list().at(-1);
    assert.equal(diagnostics.list().length, maxDiagnostics + 1);
    assert.equal(last?.message, '2 more findings are left out.');
    assert.equal(last?.kind, 'warning');
  });

  test('keeps an error that comes after more warnings than it keeps', () => {
    const diagnostics = new DiagnosticCollector();
    for (let at = 0; at < maxDiagnostics + 2; at++) diagnostics.warning({ ...finding, message: `${at}` });
    diagnostics.error({ ...finding, message: 'the error' });
    assert.deepEqual(
      diagnostics
        .list()
        .filter(({ kind }) => kind === 'error')
        .map(({ message }) => message),
      ['the error'],
    );
  });

  test('cuts texts short into which a name of megabytes went', () => {
    const diagnostics = new DiagnosticCollector();
    const long = 'x'.repeat(maxTextLength + 1);
    diagnostics.error({ rule: 'r', location: long, message: long, hint: long });
    const cut = `${'x'.repeat(maxTextLength)}…`;
    assert.deepEqual(
      diagnostics.list().map(({ location, message, hint }) => [location, message, hint]),
      [[cut, cut, cut]],
    );
  });
});
