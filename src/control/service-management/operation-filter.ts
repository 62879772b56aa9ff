import { RpcCode } from '../../core/status.ts';
import { operationStatus } from '../../store/operations.ts';
import type { OperationRecord } from '../../store/operations.ts';
import { RpcError } from '../rpc/rpc-error.ts';

/** What ListOperations selects: the operations of one service for which `matches` holds. */
export interface OperationFilter {
  readonly serviceName: string;
  readonly matches: (record: OperationRecord) => boolean;
}

type Predicate = OperationFilter['matches'];
interface Comparison {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

const statuses: readonly string[] = ['done', 'in_progress', 'failed'];
const maxFilterLength = 2000;

/**
 * Reads the filter of ListOperations: `serviceName=S`, joined by AND with `status=done|in_progress|failed`,
 * `done=true|false` and `startTime` compared to a time; in parentheses, comparisons joined by OR (or `|`), as
 * gcloud's `(done = true OR startTime >= "2017-02-01")`. Throws INVALID_ARGUMENT for anything else.
 */
export function parseOperationFilter(text: string): OperationFilter {
  if (text.trim() === '') throw invalid('Must specify a filter.');
  if (text.length > maxFilterLength)
    throw invalid(`The filter is longer than ${maxFilterLength} characters.`);
  let serviceName: string | undefined;
  const predicates: Predicate[] = [];
  for (const term of text.trim().split(/\s+AND\s+/)) {
    const alternatives = splitAlternatives(term).map((part) => parseComparison(part, text));
    const [only] = alternatives;
    if (alternatives.length === 1 && only?.field === 'serviceName' && only.operator === '=')
      serviceName = only.value;
    else predicates.push(anyOf(alternatives.map((comparison) => toPredicate(comparison, text))));
  }
  if (serviceName === undefined) throw invalid(`The filter '${text}' must name a service: serviceName=NAME.`);
  return { serviceName, matches: (record) => predicates.every((predicate) => predicate(record)) };
}

function splitAlternatives(term: string): string[] {
  const inside = /^\(([^()]*)\)$/.exec(term)?.[1];
  return inside === undefined ? [term] : inside.split(/\s+OR\s+|\s*\|\s*/);
}

function parseComparison(text: string, filter: string): Comparison {
  const match = /^\s*(\w+)\s*(=|>=|<=|>|<)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'()]+))\s*$/.exec(text);
  if (match === null) throw unreadable(filter, text);
  return {
    field: match[1] as string,
    operator: match[2] as string,
    value: match[3] ?? match[4] ?? (match[5] as string),
  };
}

function toPredicate({ field, operator, value }: Comparison, filter: string): Predicate {
  if (field === 'startTime') return toTimePredicate(operator, Date.parse(value), filter);
  if (operator === '=' && field === 'status' && statuses.includes(value))
    return (record) => operationStatus(record.operation) === value;
  if (operator === '=' && field === 'done' && (value === 'true' || value === 'false'))
    return (record) => record.operation.done === (value === 'true');
  throw unreadable(filter, `${field}${operator}${value}`);
}

function toTimePredicate(operator: string, timeMs: number, filter: string): Predicate {
  if (Number.isNaN(timeMs)) throw unreadable(filter, 'startTime');
  const compare: Readonly<Record<string, (startedAtMs: number) => boolean>> = {
    '=': (startedAtMs) => startedAtMs === timeMs,
    '>=': (startedAtMs) => startedAtMs >= timeMs,
    '<=': (startedAtMs) => startedAtMs <= timeMs,
    '>': (startedAtMs) => startedAtMs > timeMs,
    '<': (startedAtMs) => startedAtMs < timeMs,
  };
  return (record) => compare[operator]?.(record.startedAtMs) === true;
}

function anyOf(predicates: readonly Predicate[]): Predicate {
  return (record) => predicates.some((predicate) => predicate(record));
}

function unreadable(filter: string, part: string): RpcError {
  return invalid(`Invalid filter '${filter}': cannot use '${part.trim()}'.`);
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
