import { create } from '@bufbuild/protobuf';
import { Diagnostic_Kind, DiagnosticSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Diagnostic } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Diagnostic as Finding } from '../../service-config/diagnostic.ts';

/** A finding of the compiler as Service Management shows it. */
export function toDiagnostic(finding: Finding): Diagnostic {
  const kind = finding.kind === 'error' ? Diagnostic_Kind.ERROR : Diagnostic_Kind.WARNING;
  return create(DiagnosticSchema, { location: finding.location, kind, message: finding.message });
}

/**
 * The error message of a failed submit: one line, then the diagnostics in protobuf text format between quotes.
 * Source: observed answers of Service Management.
 */
export function formatCompileFailure(diagnostics: readonly Diagnostic[]): string {
  return `Cannot convert to service config.\n'${diagnostics.map(toText).join(' ')}'`;
}

/** Text format; like any proto3 default, the kind WARNING is left out. */
function toText(diagnostic: Diagnostic): string {
  const kind = diagnostic.kind === Diagnostic_Kind.ERROR ? 'kind: ERROR\n' : '';
  return `location: ${quote(diagnostic.location)}\n${kind}message: ${quote(diagnostic.message)}\n`;
}

function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
