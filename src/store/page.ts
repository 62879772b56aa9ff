/** A part of a long list: at most `limit` records that sort after `after`. */
export interface PageRequest {
  readonly limit: number;
  /** Sort key of the last record of the page before; absent for the first page. */
  readonly after?: string;
}

/** Records in the order of their sort key; `next` is the key to go on after, absent on the last page. */
export interface Page<T> {
  readonly records: readonly T[];
  readonly next?: string;
}

/** Cuts the one record too many that tells whether another page follows. */
export function toPage<T>(rows: readonly T[], limit: number, sortKey: (record: T) => string): Page<T> {
  if (rows.length <= limit) return { records: rows };
  const records = rows.slice(0, limit);
  return { records, next: sortKey(records[limit - 1] as T) };
}
