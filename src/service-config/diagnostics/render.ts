import type { Diagnostic } from '../diagnostic.ts';
import type { SourceFile } from '../compile.ts';
import { renderGithub } from './render-github.ts';
import { renderJson } from './render-json.ts';
import { renderText } from './render-text.ts';

/** Forms that findings can be printed in. */
export type DiagnosticFormat = 'text' | 'json' | 'github';

/**
 * Prints findings: `text` for people, with the source line and a caret; `json`, one array, for tools; `github`, one
 * workflow command per line. `files` are the compiled ones, for their lines. Ends with a line feed unless it is empty.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  format: DiagnosticFormat,
  files: readonly SourceFile[] = [],
): string {
  switch (format) {
    case 'text':
      return renderText(diagnostics, files);
    case 'json':
      return renderJson(diagnostics);
    case 'github':
      return renderGithub(diagnostics);
    default:
      return format satisfies never;
  }
}
