import type { HeaderList } from '../http/headers.ts';
import { BlockReader } from './block-reader.ts';
import { DynamicTable } from './dynamic-table.ts';
import type { FieldEntry } from './field-entry.ts';
import { createFieldEntry, entryOverheadBytes, FieldFault } from './field-entry.ts';
import { findSharedName, hasBlankEnd, isFieldName, isFieldValue } from './field-syntax.ts';
import { staticTable } from './static-table.ts';

/** What a block turned out to be. */
export const HpackResult = {
  OK: 0,
  /** Decoded, table in step, but a field is malformed (RFC 9113 §8.2.1): the stream is to be reset. */
  MALFORMED: 1,
  /** Decoded, table in step, but more than the limits allow; `fields` holds what fitted. */
  TOO_LARGE: 2,
  /** The block breaks RFC 7541: connection error COMPRESSION_ERROR. */
  FAILED: 3,
} as const;
export type HpackResult = (typeof HpackResult)[keyof typeof HpackResult];

/** Bounds of one field block. */
export interface FieldLimits {
  /** Names and values together, octets. */
  readonly maxBytes: number;
  readonly maxFields: number;
}

/** The least first octet of each representation (RFC 7541 §6); below them are literals that are not indexed. */
const indexedField = 0x80;
const indexedLiteral = 0x40;
const sizeUpdate = 0x20;
/** The bits of a first octet that an index or a size begins in. */
const fieldIndexPrefix = 0x7f;
const indexedLiteralPrefix = 0x3f;
const sizePrefix = 0x1f;
const literalPrefix = 0x0f;

/** Decodes the field blocks of one connection, in their order (RFC 7541). */
export class HpackDecoder {
  /** Fields of the block decoded last, without malformed ones; a fresh array for each block, the caller's to keep. */
  fields: HeaderList = [];
  /** Octets of names and values of that block, also when too large. */
  bytes = 0;
  readonly #maxTableBytes: number;
  readonly #table: DynamicTable;
  readonly #reader = new BlockReader();
  #maxBytes = 0;
  #maxFields = 0;
  #isMalformed = false;
  #isTooLarge = false;

  /** @param maxTableBytes what our SETTINGS_HEADER_TABLE_SIZE announces (RFC 7541 §4.2) */
  constructor(maxTableBytes: number) {
    this.#maxTableBytes = maxTableBytes;
    this.#table = new DynamicTable(maxTableBytes);
  }

  /**
   * Decodes the whole field block at `start`…`end`: a HEADERS frame's and its CONTINUATION frames' joined. Of a block
   * that is malformed and too large it says that it is malformed. After FAILED the decoder is of no use any more.
   */
  decode(block: Uint8Array, start: number, end: number, limits: FieldLimits): HpackResult {
    this.fields = [];
    this.bytes = 0;
    this.#maxBytes = limits.maxBytes;
    this.#maxFields = limits.maxFields;
    this.#isMalformed = false;
    this.#isTooLarge = false;
    this.#reader.reset(block, start, end);
    const isComplete = this.#readSizeUpdates(block) && this.#readFields(block);
    this.#reader.clear();
    if (!isComplete) return HpackResult.FAILED;
    if (this.#isMalformed) return HpackResult.MALFORMED;
    return this.#isTooLarge ? HpackResult.TOO_LARGE : HpackResult.OK;
  }

  /** Reads the changes of the table's size, which come before all fields (§4.2, §6.3). */
  #readSizeUpdates(block: Uint8Array): boolean {
    const reader = this.#reader;
    while (reader.at < reader.end) {
      const octet = block[reader.at] as number;
      if (octet < sizeUpdate || octet >= indexedLiteral) break;
      const bytes = reader.readInteger(sizePrefix);
      if (bytes < 0 || bytes > this.#maxTableBytes) return false;
      this.#table.resize(bytes);
    }
    return true;
  }

  #readFields(block: Uint8Array): boolean {
    const reader = this.#reader;
    while (reader.at < reader.end) {
      const octet = block[reader.at] as number;
      if (octet >= indexedField) {
        const entry = this.#entryAt(reader.readInteger(fieldIndexPrefix));
        if (entry === undefined) return false;
        this.#take(entry);
      } else if (octet >= indexedLiteral) {
        if (!this.#readLiteral(indexedLiteralPrefix, true)) return false;
      } else if (octet >= sizeUpdate || !this.#readLiteral(literalPrefix, false)) return false;
    }
    return true;
  }

  /** The entry of an index (§2.3.3); undefined if there is none. */
  #entryAt(index: number): FieldEntry | undefined {
    if (index <= 0) return undefined;
    if (index <= staticTable.length) return staticTable[index - 1];
    const age = index - staticTable.length - 1;
    return age < this.#table.length ? this.#table.get(age) : undefined;
  }

  /** Reads a literal field (§6.2). Its strings are made and checked only if the list or the table has room for them. */
  #readLiteral(indexPrefix: number, isIndexed: boolean): boolean {
    const reader = this.#reader;
    const table = this.#table;
    const index = reader.readInteger(indexPrefix);
    const room = Math.max(
      this.#maxBytes - this.bytes,
      isIndexed ? table.maxBytes - entryOverheadBytes : 0,
      0,
    );
    let name = '';
    let nameOctets: number;
    let faults: number = FieldFault.NONE;
    if (index === 0) {
      if (!reader.readString(room)) return false;
      nameOctets = reader.length;
      if (nameOctets <= room) {
        const { octets, start } = reader;
        name = findSharedName(octets, start, start + nameOctets) ?? reader.text();
        if (!isFieldName(octets, start, start + nameOctets)) faults = FieldFault.NAME;
      }
    } else {
      const named = this.#entryAt(index);
      if (named === undefined) return false;
      name = named.name;
      nameOctets = name.length;
      faults = named.faults & FieldFault.NAME;
    }
    if (!reader.readString(Math.max(room - nameOctets, 0))) return false;
    const { octets, start, length } = reader;
    if (nameOctets + length > room) {
      this.bytes += nameOctets + length;
      this.#isTooLarge = true;
      if (isIndexed) table.clear();
      return true;
    }
    const end = start + length;
    if (reader.isVisible ? hasBlankEnd(octets, start, end) : !isFieldValue(octets, start, end))
      faults |= FieldFault.VALUE;
    const entry = createFieldEntry(name, reader.text(), faults);
    if (isIndexed) table.add(entry);
    this.#take(entry);
    return true;
  }

  /** Adds a field to the list, as far as the limits allow. */
  #take(entry: FieldEntry): void {
    const { fields } = this;
    this.bytes += entry.octets;
    if (entry.faults !== FieldFault.NONE) this.#isMalformed = true;
    else if (this.bytes > this.#maxBytes || fields.length >= this.#maxFields * 2) this.#isTooLarge = true;
    else fields.push(entry.name, entry.value);
  }
}
