/** What is wrong with a field (RFC 9113 §8.2.1), as bits. */
export const FieldFault = { NONE: 0, NAME: 1, VALUE: 2 } as const;

/** A field of the static or the dynamic table. Checked when it came in, so that a reference to it costs no check. */
export interface FieldEntry {
  readonly name: string;
  readonly value: string;
  /** Octets of name and value. */
  readonly octets: number;
  /** Bits of {@link FieldFault}. */
  readonly faults: number;
}

/** What an entry counts for besides its name and value (RFC 7541 §4.1). */
export const entryOverheadBytes = 32;

/** The one place that makes entries: they all have one shape. */
export function createFieldEntry(name: string, value: string, faults: number): FieldEntry {
  return { name, value, octets: name.length + value.length, faults };
}
