import type { HeaderList } from '../http/headers.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { noConnectionOptions, parseConnectionOptions } from './connection-options.ts';
import { FieldId, knownFieldNames } from './field-names.ts';
import type { HeadScanner } from './head-scanner.ts';
import type { Http1Problem } from './problem.ts';

/**
 * What happens to a field whose name contains `_`, which CGI-like backends take for `-`. Envoy: reject or allow
 * (`--underscores_in_headers`); nginx and ESP v1: drop.
 */
export type UnderscoreRule = 'reject' | 'allow' | 'drop';

/** `contentLength` when there is no such field. */
export const noContentLength = -1;
/** A nominated `TE` of this size and more is refused. Source: Envoy. */
const maxNominatedTeBytes = 255;

/**
 * Sorts the fields of one head: those that end at this hop (RFC 9110 §7.6.1) and those that say where the message ends
 * become members, the others the header list. One per connection, used again for every head.
 */
export class FieldReader {
  headers: HeaderList = [];
  contentLength: number = noContentLength;
  isChunked = false;
  connection: ConnectionOptions = noConnectionOptions;
  host: string | undefined = undefined;
  /** Repeated `Upgrade` fields joined by commas. */
  upgrade: string | undefined = undefined;
  expect: string | undefined = undefined;
  readonly #underscores: UnderscoreRule;
  /** What {@link headers} was when it was read, for a head that repeats its fields. */
  #readLast: HeaderList = [];
  #connectionValue: string | undefined = undefined;
  #teValue: string | undefined = undefined;

  constructor(underscores: UnderscoreRule) {
    this.#underscores = underscores;
  }

  /** Reads all fields; returns what is wrong with them, if anything. */
  read(scanner: HeadScanner): Http1Problem | undefined {
    if (scanner.repeatsFields) {
      this.headers = this.#readLast.slice();
      return undefined;
    }
    const problem = this.#readAll(scanner);
    // The list that is handed out is the receiver's to change.
    if (scanner.remembersFields && problem === undefined) this.#readLast = this.headers.slice();
    return problem;
  }

  #readAll(scanner: HeadScanner): Http1Problem | undefined {
    this.#clear();
    const { fieldCount } = scanner;
    const { headers } = this;
    for (let field = 0; field < fieldCount; field++) {
      const id = scanner.fieldId(field);
      if (id >= FieldId.FIRST_ORDINARY) {
        headers.push(knownFieldNames[id] as string, scanner.fieldValue(field));
        continue;
      }
      const problem = id === FieldId.UNKNOWN ? this.#take(scanner, field) : this.#note(scanner, field, id);
      if (problem !== undefined) return problem;
    }
    return this.#connectionValue === undefined && this.#teValue === undefined
      ? undefined
      : this.#readHopByHop();
  }

  #clear(): void {
    this.headers = [];
    this.contentLength = noContentLength;
    this.isChunked = false;
    this.connection = noConnectionOptions;
    this.host = undefined;
    this.upgrade = undefined;
    this.expect = undefined;
    this.#connectionValue = undefined;
    this.#teValue = undefined;
  }

  #take(scanner: HeadScanner, field: number): Http1Problem | undefined {
    const name = scanner.fieldName(field);
    if (this.#underscores !== 'allow' && name.includes('_'))
      return this.#underscores === 'reject' ? 'underscore_in_name' : undefined;
    this.headers.push(name, scanner.fieldValue(field));
    return undefined;
  }

  /** A field that the codec acts upon. */
  #note(scanner: HeadScanner, field: number, id: number): Http1Problem | undefined {
    const value = scanner.fieldValue(field);
    switch (id) {
      case FieldId.HOST:
        if (this.host !== undefined) return 'repeated_host';
        this.host = value;
        return undefined;
      case FieldId.CONTENT_LENGTH:
        if (this.contentLength !== noContentLength) return 'repeated_content_length';
        this.contentLength = parseContentLength(value);
        if (this.contentLength === noContentLength || scanner.hasTabAround(field))
          return 'invalid_content_length';
        return this.isChunked ? 'length_and_encoding' : undefined;
      case FieldId.TRANSFER_ENCODING:
        // Two of them, or a list, would make `chunked` not the only coding; not every parser takes a TAB for white space.
        if (this.isChunked || value.toLowerCase() !== 'chunked' || scanner.hasTabAround(field))
          return 'unknown_transfer_encoding';
        this.isChunked = true;
        return this.contentLength === noContentLength ? undefined : 'length_and_encoding';
      case FieldId.CONNECTION:
        this.#connectionValue = join(this.#connectionValue, value);
        return undefined;
      case FieldId.UPGRADE:
        this.upgrade = join(this.upgrade, value);
        return undefined;
      case FieldId.EXPECT:
        this.expect = join(this.expect, value);
        return undefined;
      case FieldId.TE:
        this.#teValue = join(this.#teValue, value);
        return undefined;
      default:
        return undefined;
    }
  }

  #readHopByHop(): Http1Problem | undefined {
    const te = this.#teValue;
    if (this.#connectionValue !== undefined) {
      const options = parseConnectionOptions(this.#connectionValue);
      if (options === undefined) return 'connection_options';
      this.connection = options;
      if (options.nominated.length > 0) {
        if (te !== undefined && te.length > maxNominatedTeBytes && options.nominated.includes('te'))
          return 'connection_options';
        this.headers = withoutNames(this.headers, options.nominated);
      }
    }
    // The one transfer coding preference that means the whole chain: gRPC asks for it.
    if (te !== undefined && listsTrailers(te)) this.headers.push('te', 'trailers');
    return undefined;
  }
}

/** A decimal number that JavaScript counts exactly, and nothing around it; {@link noContentLength} for anything else. */
function parseContentLength(value: string): number {
  const { length } = value;
  if (length === 0 || length > 16) return noContentLength;
  let result = 0;
  for (let i = 0; i < length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return noContentLength;
    result = result * 10 + digit;
  }
  return result <= Number.MAX_SAFE_INTEGER ? result : noContentLength;
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before},${value}`;
}

function withoutNames(headers: HeaderList, names: readonly string[]): HeaderList {
  const kept: HeaderList = [];
  for (let i = 0; i < headers.length; i += 2)
    if (!names.includes(headers[i] as string)) kept.push(headers[i] as string, headers[i + 1] as string);
  return kept;
}

function listsTrailers(te: string): boolean {
  if (te === 'trailers') return true;
  return te.split(',').some((element) => element.trim().toLowerCase() === 'trailers');
}
