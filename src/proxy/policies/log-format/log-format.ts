import type { FormatRecord } from './format-record.ts';
import { compileOperator } from './operators.ts';
import type { ValueReader } from './operators.ts';

/** A compiled text format. */
export interface LogFormat {
  /** The text for one record; `missing` stands for values that do not exist. */
  write(record: FormatRecord, missing: string): string;
}

export type LogFormatResult =
  | { readonly kind: 'format'; readonly format: LogFormat }
  | { readonly kind: 'error'; readonly problem: string };

/** Stands for missing values in access logs. */
export const missingInLog = '-';

/** Envoy's line when `--access_log_format` is not given. */
export const defaultAccessLogFormat: string = [
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS%',
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%"',
  '"%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n',
].join(' ');

/**
 * Compiles a text in Envoy's format language: `%NAME%`, `%NAME(argument)%`, `%NAME(argument):length%`, `%%`. Unknown
 * operators, wrong arguments and a lone `%` are errors. Nothing is added at the end, no newline either.
 * Source: Envoy access log format strings. Flags `--access_log_format`, `--add_request_headers` and the like.
 */
export function compileLogFormat(text: string): LogFormatResult {
  const parts = parseFormat(text);
  if (typeof parts === 'string') return { kind: 'error', problem: parts };
  return { kind: 'format', format: new CompiledFormat(parts) };
}

/** One value of a JSON format. */
export type JsonLogFields = Readonly<Record<string, string>>;

/**
 * Compiles a line of JSON: one format for each member. A member that is one operator keeps its type and is null when it
 * has no value. Lines end in a newline. Source: Envoy `json_format`.
 */
export function compileJsonLogFormat(fields: JsonLogFields): LogFormatResult {
  const members: Array<readonly [prefix: string, parts: readonly FormatPart[]]> = [];
  for (const [name, text] of Object.entries(fields)) {
    const parts = parseFormat(text);
    if (typeof parts === 'string') return { kind: 'error', problem: `${name}: ${parts}` };
    members.push([`${members.length === 0 ? '' : ','}${JSON.stringify(name)}:`, parts]);
  }
  const write = (record: FormatRecord, missing: string): string => {
    let line = '{';
    for (const [prefix, parts] of members) line += prefix + JSON.stringify(jsonValue(parts, record, missing));
    return `${line}}\n`;
  };
  return { kind: 'format', format: { write } };
}

/** A literal, or a value cut to a length. */
type FormatPart = string | { readonly read: ValueReader; readonly maxLength: number };

class CompiledFormat implements LogFormat {
  readonly #parts: readonly FormatPart[];

  constructor(parts: readonly FormatPart[]) {
    this.#parts = parts;
  }

  write(record: FormatRecord, missing: string): string {
    let text = '';
    for (const part of this.#parts) text += typeof part === 'string' ? part : textOf(part, record, missing);
    return text;
  }
}

function textOf(part: Exclude<FormatPart, string>, record: FormatRecord, missing: string): string {
  const value = part.read(record);
  if (value === undefined) return missing;
  const text = String(value);
  return text.length > part.maxLength ? text.slice(0, part.maxLength) : text;
}

function jsonValue(
  parts: readonly FormatPart[],
  record: FormatRecord,
  missing: string,
): string | number | null {
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || typeof only === 'string')
    return parts.map((part) => (typeof part === 'string' ? part : textOf(part, record, missing))).join('');
  const value = only.read(record);
  if (value === undefined) return null;
  return typeof value === 'number' ? value : textOf(only, record, missing);
}

const operatorPattern = /%([A-Z0-9_]+)(?:\(([^)]*)\))?(?::([0-9]{1,9}))?%/y;

/** The parts, or what is wrong. */
function parseFormat(text: string): FormatPart[] | string {
  const parts: FormatPart[] = [];
  let literal = '';
  for (let i = 0; i < text.length;) {
    const next = text.indexOf('%', i);
    literal += text.slice(i, next < 0 ? text.length : next);
    if (next < 0) break;
    if (text[next + 1] === '%') {
      literal += '%';
      i = next + 2;
      continue;
    }
    operatorPattern.lastIndex = next;
    const match = operatorPattern.exec(text);
    if (match === null) return `'%' at position ${next} starts no operator: ${text.slice(next, next + 32)}`;
    const [whole, name, argument, length] = match;
    const read = compileOperator(name as string, argument);
    if (typeof read === 'string') return read;
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push({ read, maxLength: length === undefined ? Infinity : Number(length) });
    i = next + whole.length;
  }
  if (literal !== '') parts.push(literal);
  return parts;
}
