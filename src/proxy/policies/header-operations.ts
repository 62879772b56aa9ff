import { setHeader } from '../../protocol/http/headers.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';
import type { FormatRecord } from './log-format/format-record.ts';
import { compileLogFormat } from './log-format/log-format.ts';
import type { LogFormat } from './log-format/log-format.ts';

/** One item of a header flag, compiled. */
export interface HeaderOperation {
  /** `add` replaces all fields of the name, `append` puts one more behind them. */
  readonly kind: 'add' | 'append';
  /** Lower case. */
  readonly name: string;
  readonly value: LogFormat;
}

export type HeaderOperationsResult =
  | { readonly kind: 'operations'; readonly operations: readonly HeaderOperation[] }
  | { readonly kind: 'error'; readonly problem: string };

const namePattern = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a field value may hold, RFC 9110 §5.5. */
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields that belong to the codec or to routing: Envoy refuses to change them by configuration. */
const protectedNames: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
]);

/**
 * Compiles the header flags of one direction: `key=value` items joined by `;`. Values are formats (`%PROTOCOL%`). `add`
 * items come before `append` items. Source: espv2 flags `--add_request_headers`, `--append_request_headers`,
 * `--add_response_headers`, `--append_response_headers` and their repeatable singular forms, joined by `;`.
 */
export function compileHeaderOperations(flags: {
  readonly add?: string;
  readonly append?: string;
}): HeaderOperationsResult {
  const operations: HeaderOperation[] = [];
  for (const kind of ['add', 'append'] as const) {
    for (const item of (flags[kind] ?? '').split(';')) {
      if (item === '') continue;
      const operation = compileItem(kind, item);
      if (typeof operation === 'string') return { kind: 'error', problem: operation };
      operations.push(operation);
    }
  }
  return { kind: 'operations', operations };
}

/**
 * Changes a header list in place. A value that comes out empty, or with something that no field value may hold, adds no
 * header.
 */
export function applyHeaderOperations(
  headers: HeaderList,
  operations: readonly HeaderOperation[],
  record: FormatRecord,
): void {
  for (const { kind, name, value } of operations) {
    const text = value.write(record, '');
    if (text === '' || !valuePattern.test(text)) continue;
    if (kind === 'add') setHeader(headers, name, text);
    else headers.push(name, text);
  }
}

/** The operation, or what is wrong with the item. */
function compileItem(kind: 'add' | 'append', item: string): HeaderOperation | string {
  const [key, value, ...more] = item.split('=');
  if (key === undefined || value === undefined || more.length > 0)
    return `invalid header: ${item}. should be in key=value format.`;
  if (key === '') return `header key should not be empty for: ${item}.`;
  const name = key.toLowerCase();
  if (!namePattern.test(name)) return `header key is no field name: ${item}.`;
  if (protectedNames.has(name)) return `header may not be changed: ${item}.`;
  const compiled = compileLogFormat(value);
  return compiled.kind === 'error' ? compiled.problem : { kind, name, value: compiled.format };
}
