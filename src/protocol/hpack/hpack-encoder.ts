import { isFieldName, isFieldValue } from './field-syntax.ts';
import { staticTable } from './static-table.ts';

/** First octets of the representations (RFC 7541 §6). */
const indexedField = 0x80;
const sizeUpdateToZero = 0x20;
const neverIndexedLiteral = 0x10;
const literalWithNewName = 0;
/** The least integers that do not fit in the prefix of a literal's index and of a string's length. */
const indexPrefix = 0x0f;
const lengthPrefix = 0x7f;

/** RFC 7541 §4.2: what both sides start with. */
const initialTableBytes = 4096;

/** By name and value in the static table: its index. */
const indexOfField: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  [...new Set(staticTable.map(({ name }) => name))].map((name) => [
    name,
    new Map(staticTable.flatMap((entry, i) => (entry.name === name ? [[entry.value, i + 1] as const] : []))),
  ]),
);

/** A literal's first octet, the rest of its index, and a prefix and four more octets for each length. */
const maxFieldOverheadBytes = 2 + 2 * 5;
/** A size update and a literal status. */
const maxStatusBytes = 1 + 5;

/** Strings up to this length are written octet by octet: a native call costs as much as eight of them. */
const shortLength = 8;

/** Not to be put in the table of any hop (§7.1.3). */
const sensitiveNames = ['authorization', 'cookie', 'proxy-authorization', 'set-cookie'];

/** By name in the static table: the octets that a literal with it begins with, the second one above the first. */
const literalOfName: ReadonlyMap<string, number> = new Map(
  staticTable.map(({ name }, i) => [name, literalOf(name, i + 1)] as const).toReversed(),
);
const literalStatus = literalOfName.get(':status') as number;
const indexOfStatus: ReadonlyMap<number, number> = new Map(
  staticTable.flatMap((entry, i) =>
    entry.name === ':status' ? [[Number(entry.value), i + 1] as const] : [],
  ),
);

/**
 * Encodes the field blocks of one connection (RFC 7541) with the static table alone, as nginx does: a dynamic one would
 * save 0.1 µs and 56 octets of a usual response, and a block that is dropped would break the connection. Strings are
 * written as they are.
 */
export class HpackEncoder {
  #maxTableBytes = initialTableBytes;
  #mustUpdateSize = false;

  /** The peer's SETTINGS_HEADER_TABLE_SIZE changed. A lower one is acknowledged in the next block (RFC 9113 §4.3.1). */
  setMaxTableBytes(bytes: number): void {
    if (bytes < this.#maxTableBytes) this.#mustUpdateSize = true;
    this.#maxTableBytes = bytes;
  }

  /** Most octets that `fields` (flat name, value list) can take, a status line included. For reserving room. */
  maxEncodedBytes(fields: readonly string[]): number {
    let bytes = maxStatusBytes;
    for (let i = 0; i < fields.length; i += 2)
      bytes += maxFieldOverheadBytes + (fields[i] as string).length + (fields[i + 1] as string).length;
    return bytes;
  }

  /** Writes `:status` into `into` from `at` on, which begins a block; returns the position after it. */
  encodeStatus(status: number, into: Buffer, at: number): number {
    let to = this.#startBlock(into, at);
    const index = indexOfStatus.get(status);
    if (index !== undefined) {
      into[to++] = indexedField | index;
      return to;
    }
    into[to++] = literalStatus;
    return writeString(String(status), into, to);
  }

  /**
   * Writes a field into `into` from `at` on, one octet a char; returns the position after it. A field that HTTP/2 does not
   * allow (RFC 9113 §8.2.1) is left out.
   */
  encodeField(name: string, value: string, into: Buffer, at: number): number {
    let to = this.#startBlock(into, at);
    const start = to;
    const literal = literalOfName.get(name) ?? literalWithNewName;
    into[to++] = literal;
    if ((literal & indexPrefix) === indexPrefix) into[to++] = literal >>> 8;
    if (literal === literalWithNewName) {
      to = writeString(name, into, to);
      if (!isFieldName(into, to - name.length, to)) return start;
    }
    to = writeString(value, into, to);
    return isFieldValue(into, to - value.length, to) ? to : start;
  }

  /** As {@link encodeField}, for a field that the static table may have with its value. */
  encodeKnown(name: string, value: string, into: Buffer, at: number): number {
    const index = indexOfField.get(name)?.get(value);
    if (index === undefined) return this.encodeField(name, value, into, at);
    const to = this.#startBlock(into, at);
    into[to] = indexedField | index;
    return to + 1;
  }

  /** The table is not used, so a smaller one may be of no size at all: less than any that was asked for (§4.2). */
  #startBlock(into: Buffer, at: number): number {
    if (!this.#mustUpdateSize) return at;
    this.#mustUpdateSize = false;
    into[at] = sizeUpdateToZero;
    return at + 1;
  }
}

/** The octets that a literal begins with whose name is that of an index, as {@link literalOfName} has them. */
function literalOf(name: string, index: number): number {
  const pattern = sensitiveNames.includes(name) ? neverIndexedLiteral : 0;
  return index < indexPrefix ? pattern | index : pattern | indexPrefix | ((index - indexPrefix) << 8);
}

/** Writes a string without Huffman code (RFC 7541 §5.2); returns the position after it. */
function writeString(text: string, into: Buffer, at: number): number {
  const { length } = text;
  let to = writeLength(length, into, at);
  if (length > shortLength) return to + into.write(text, to, 'latin1');
  for (let i = 0; i < length; i++) into[to++] = text.charCodeAt(i);
  return to;
}

/** Writes an integer with a 7-bit prefix (§5.1). */
function writeLength(length: number, into: Buffer, at: number): number {
  let to = at;
  if (length < lengthPrefix) {
    into[to++] = length;
    return to;
  }
  into[to++] = lengthPrefix;
  let rest = length - lengthPrefix;
  for (; rest >= 0x80; rest >>>= 7) into[to++] = (rest & 0x7f) | 0x80;
  into[to++] = rest;
  return to;
}
