import type { Diagnostic } from '../diagnostic.ts';

/** For GitHub Actions: `::error file=…,line=…,col=…,title=rule::message`, which annotates the change. */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic)}\n`).join('');
}

function renderOne({ kind, rule, location, message, hint, source }: Diagnostic): string {
  const properties = [
    ...(source === undefined
      ? []
      : [`file=${escapeProperty(source.file)}`, `line=${source.line}`, `col=${source.column}`]),
    `title=${escapeProperty(rule)}`,
  ];
  const text = `${location}: ${message}${hint === undefined ? '' : `\n${hint}`}`;
  return `::${kind} ${properties.join(',')}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
