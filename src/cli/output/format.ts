import { stringify } from 'yaml';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { usageError } from '../cli-error.ts';
import { toText, valueAt } from './field-path.ts';

/** A column of a table: a field and what stands above it. */
export interface Column {
  readonly path: string;
  readonly label: string;
  /** How the text of the field is shown in a table; default as it is. */
  readonly show?: (text: string) => string;
}

/** How results are printed. */
export type Format =
  | { readonly kind: 'json' | 'yaml' | 'none' }
  | { readonly kind: 'table' | 'value' | 'csv'; readonly columns: readonly Column[] };

/**
 * Reads a `--format` text. `table`, `value` and `csv` without fields take those of the command's own format. Throws
 * CliError (usage) for anything else; Google's further printers and transforms are not there.
 */
export function parseFormat(text: string, own: Format): Format {
  const match = /^\s*(json|yaml|none|table|value|csv)\s*(?:\(([^()]*)\))?\s*$/.exec(text);
  const kind = match?.[1] as Format['kind'] | undefined;
  if (kind === undefined) throw unknownFormat(text);
  const fields = match?.[2];
  if (kind === 'json' || kind === 'yaml' || kind === 'none') {
    if (fields !== undefined) throw usageError(`--format=${kind} takes no fields`);
    return { kind };
  }
  if (fields !== undefined && fields.trim() !== '')
    return { kind, columns: fields.split(',').map(parseColumn) };
  if ('columns' in own) return { kind, columns: own.columns };
  throw usageError(`--format=${kind} needs fields, such as ${kind}(name)`);
}

/** The text that shows one record, or a list of them, with its line end. */
export function formatValue(value: JsonValue, format: Format): string {
  switch (format.kind) {
    case 'none':
      return '';
    case 'json':
      return `${JSON.stringify(sortKeys(value), undefined, 2)}\n`;
    case 'yaml':
      return Array.isArray(value) ? value.map((item) => `---\n${toYaml(item)}`).join('') : toYaml(value);
    case 'table':
      return toTable(shownRows(value, format.columns), format.columns);
    case 'value':
      return rowsOf(value, format.columns)
        .map((row) => `${row.join('\t')}\n`)
        .join('');
    case 'csv':
      return [format.columns.map((column) => column.path), ...rowsOf(value, format.columns)]
        .map((row) => `${row.map(quoteCsv).join(',')}\n`)
        .join('');
    default:
      return format satisfies never;
  }
}

function parseColumn(text: string): Column {
  const match = /^\s*([\w.[\]-]+)(?::label=(?:'([^']*)'|"([^"]*)"|([^\s:]+)))?\s*$/.exec(text);
  if (match === null) throw unknownFormat(text);
  const path = match[1] as string;
  return { path, label: match[2] ?? match[3] ?? match[4] ?? toLabel(path) };
}

/** `serviceConfig.displayName` is headed DISPLAY_NAME. */
function toLabel(path: string): string {
  const last = path
    .replaceAll(/\[\d*\]/g, '')
    .split('.')
    .at(-1) as string;
  return last.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

function rowsOf(value: JsonValue, columns: readonly Column[]): string[][] {
  const records = Array.isArray(value) ? value : [value];
  return records.map((record) => columns.map((column) => toText(valueAt(record, column.path))));
}

function shownRows(value: JsonValue, columns: readonly Column[]): string[][] {
  return rowsOf(value, columns).map((row) => row.map((cell, index) => columns[index]?.show?.(cell) ?? cell));
}

function toTable(rows: readonly (readonly string[])[], columns: readonly Column[]): string {
  if (rows.length === 0) return '';
  const lines = [columns.map((column) => column.label), ...rows];
  const widths = columns.map((_column, index) =>
    Math.max(...lines.map((line) => (line[index] ?? '').length)),
  );
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function toYaml(value: JsonValue): string {
  // By the rules of YAML 1.1, which quote texts that older readers take for times or booleans.
  return stringify(sortKeys(value), { version: '1.1', indentSeq: false, lineWidth: 0, singleQuote: true });
}

/** Results have their keys in order, as gcloud prints them, so that two prints can be compared. */
function sortKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) sorted[key] = sortKeys(value[key] as JsonValue);
  return sorted;
}

function quoteCsv(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function unknownFormat(text: string): Error {
  return usageError(
    `unknown format '${text}'; use json, yaml, none, table(field,…), value(field,…) or csv(field,…)`,
  );
}
