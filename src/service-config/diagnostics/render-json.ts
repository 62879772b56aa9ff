import type { Diagnostic } from '../diagnostic.ts';

/** For tools: an array of the findings with the fields of {@link Diagnostic}, absent ones left out. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(diagnostics, null, 2)}\n`;
}
