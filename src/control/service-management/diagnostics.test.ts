import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Diagnostic } from '../../service-config/diagnostic.ts';
import { formatCompileFailure, toDiagnostic } from './diagnostics.ts';

const finding = (kind: Diagnostic['kind'], location: string, message: string): Diagnostic => ({
  kind,
  location,
  message,
  rule: 'r',
  hint: undefined,
  source: undefined,
});

describe('formatCompileFailure', () => {
  it('prints the diagnostics in text format between quotes', () => {
    const diagnostics = [
      finding('warning', 'f.yaml', 'say "key"'),
      finding('error', 'unknown location', "http: In path template '/x/': unexpected end of input '/'."),
    ].map(toDiagnostic);
    assert.equal(
      formatCompileFailure(diagnostics),
      'Cannot convert to service config.\n' +
        '\'location: "f.yaml"\nmessage: "say \\"key\\""\n' +
        " location: \"unknown location\"\nkind: ERROR\nmessage: \"http: In path template '/x/': unexpected end of input '/'.\"\n'",
    );
  });
});
