import { posix } from 'node:path';

import type { Diagnostic, SourceLocation } from '../diagnostic.ts';
import type { SourceFile } from '../compile.ts';
import { SourceText } from '../source/source-text.ts';

/** Longest part of a source line that is shown; minified JSON is one line. */
const maxExcerpt = 120;

/** For people: gcloud's `KIND: location: message`, then where, the line with a caret, and what to write instead. */
export function renderText(diagnostics: readonly Diagnostic[], files: readonly SourceFile[]): string {
  const texts = new Map<string, SourceText>();
  const textOf = (path: string): SourceText | undefined => {
    const file = files.find((candidate) => posix.normalize(candidate.path) === path);
    if (file !== undefined && !texts.has(path))
      texts.set(path, new SourceText(path, new TextDecoder().decode(file.contents)));
    return texts.get(path);
  };
  return diagnostics.map((diagnostic) => renderOne(diagnostic, textOf)).join('');
}

function renderOne(diagnostic: Diagnostic, textOf: (path: string) => SourceText | undefined): string {
  const { kind, location, message, rule, source, hint } = diagnostic;
  const lines = [`${kind.toUpperCase()}: ${location}: ${printable(message)} [${rule}]`];
  if (source !== undefined) {
    lines.push(`  --> ${source.file}:${source.line}:${source.column}`);
    lines.push(...excerpt(source, textOf(source.file)?.line(source.line)));
  }
  if (hint !== undefined) lines.push(`  help: ${printable(hint)}`);
  return `${lines.join('\n')}\n`;
}

function excerpt(source: SourceLocation, line: string | undefined): string[] {
  if (line === undefined) return [];
  // Of a long line, the part around the column is shown.
  const start = Math.max(0, Math.min(source.column - 1 - maxExcerpt / 2, line.length - maxExcerpt));
  const shown = printable(line.slice(start, start + maxExcerpt).replaceAll('\t', ' '));
  const gutter = String(source.line);
  const blank = ' '.repeat(gutter.length);
  return [`   ${gutter} | ${shown}`, `   ${blank} | ${' '.repeat(source.column - 1 - start)}^`];
}

/** Control characters of a file must not reach a terminal. Line feeds within messages stay. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
