import type { FieldEntry } from './field-entry.ts';
import { createFieldEntry, entryOverheadBytes, FieldFault } from './field-entry.ts';

const initialSlots = 16;

/** What is in slots without an entry; holds on to no string. */
const noEntry: FieldEntry = createFieldEntry('', '', FieldFault.NONE);

/** The dynamic table of a decoder (RFC 7541 §2.3.2): a ring of entries that starts small and doubles when it is full. */
export class DynamicTable {
  /** Entries in it. */
  length = 0;
  /** Octets of all entries with their overhead. */
  bytes = 0;
  maxBytes: number;
  #slots: FieldEntry[] = emptySlots(initialSlots);
  /** Where the next entry goes. */
  #next = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The entry that came `age` entries before the newest one; `age` must be less than {@link length}. */
  get(age: number): FieldEntry {
    return this.#slots[(this.#next - 1 - age) & (this.#slots.length - 1)] as FieldEntry;
  }

  /** Adds an entry and drops the oldest ones that leave no room for it; too large a one empties the table (§4.4). */
  add(entry: FieldEntry): void {
    const bytes = entry.octets + entryOverheadBytes;
    this.#evict(this.maxBytes - bytes);
    if (bytes > this.maxBytes) return;
    if (this.length === this.#slots.length) this.#grow();
    this.#slots[this.#next] = entry;
    this.#next = (this.#next + 1) & (this.#slots.length - 1);
    this.length++;
    this.bytes += bytes;
  }

  resize(maxBytes: number): void {
    this.maxBytes = maxBytes;
    this.#evict(maxBytes);
  }

  clear(): void {
    this.#evict(0);
  }

  /** Drops the oldest entries until the others take no more than `bytes`. */
  #evict(bytes: number): void {
    while (this.length > 0 && this.bytes > bytes) {
      const slot = (this.#next - this.length) & (this.#slots.length - 1);
      this.bytes -= (this.#slots[slot] as FieldEntry).octets + entryOverheadBytes;
      this.#slots[slot] = noEntry;
      this.length--;
    }
  }

  #grow(): void {
    const slots = emptySlots(this.#slots.length * 2);
    for (let i = 0; i < this.length; i++) slots[i] = this.get(this.length - 1 - i);
    this.#slots = slots;
    this.#next = this.length;
  }
}

function emptySlots(count: number): FieldEntry[] {
  const slots: FieldEntry[] = [];
  for (let i = 0; i < count; i++) slots.push(noEntry);
  return slots;
}
