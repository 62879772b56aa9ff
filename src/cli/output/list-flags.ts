import type { Command } from 'commander';
import type { JsonObject } from '@bufbuild/protobuf';
import { RE2JS } from 're2js';
import { usageError } from '../cli-error.ts';
import { toText, valueAt } from './field-path.ts';

/** Flags of commands that list. */
export interface ListFlags {
  readonly filter?: string;
  readonly limit?: number;
  readonly sortBy?: string;
}

/** Declares `--filter`, `--limit` and `--sort-by`. */
export function addListFlags(command: Command): void {
  command.option(
    '--filter <expression>',
    'keep records where it holds: field=value, field:part, field~regex, joined by AND',
  );
  addLimitFlags(command);
}

/** Declares `--limit` and `--sort-by`, for lists that the server filters. */
export function addLimitFlags(command: Command): void {
  command
    .option('--limit <count>', 'list this many at most', parseLimit)
    .option('--sort-by <fields>', 'sort by these fields; ~ before a field reverses it');
}

/** Applies the flags: filter, then sort, then limit. Throws CliError (usage) for what it cannot read. */
export function applyListFlags(records: readonly JsonObject[], flags: ListFlags): JsonObject[] {
  const matches = flags.filter === undefined ? undefined : parseFilter(flags.filter);
  const kept = matches === undefined ? [...records] : records.filter(matches);
  for (const field of (flags.sortBy ?? '').split(',').filter(Boolean).toReversed()) {
    const sign = field.startsWith('~') ? -1 : 1;
    const path = field.replace(/^~/, '').trim();
    kept.sort((a, b) => sign * toText(valueAt(a, path)).localeCompare(toText(valueAt(b, path)), 'en'));
  }
  return kept.slice(0, flags.limit);
}

type Predicate = (record: JsonObject) => boolean;

function parseFilter(text: string): Predicate {
  const predicates = text
    .trim()
    .split(/\s+AND\s+/)
    .map(parseTerm);
  return (record) => predicates.every((predicate) => predicate(record));
}

function parseTerm(text: string): Predicate {
  const match = /^(NOT\s+|-)?([\w.[\]]+)\s*(!=|=|:|~)\s*(?:"([^"]*)"|'([^']*)'|(\S+))$/.exec(text.trim());
  if (match === null)
    throw usageError(
      `cannot read the filter '${text}'; use field=value, field:part or field~regex, joined by AND`,
    );
  const [, not, path = '', operator = '=', ...quoted] = match;
  const wanted = quoted.find((value) => value !== undefined) ?? '';
  const holds = comparison(operator, wanted);
  return (record) => holds(toText(valueAt(record, path))) === (not === undefined);
}

function comparison(operator: string, wanted: string): (actual: string) => boolean {
  const lower = wanted.toLowerCase();
  switch (operator) {
    case '=':
      return (actual) => actual.toLowerCase() === lower;
    case '!=':
      return (actual) => actual.toLowerCase() !== lower;
    case ':':
      return (actual) => (lower === '*' ? actual !== '' : actual.toLowerCase().includes(lower));
    default: {
      const pattern = compile(wanted);
      return (actual) => pattern.matcher(actual).find();
    }
  }
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw usageError(`'${pattern}' is no regular expression: ${error instanceof Error ? error.message : ''}`);
  }
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1)
    throw usageError(`--limit must be a whole number from 1 on, not '${text}'`);
  return limit;
}
