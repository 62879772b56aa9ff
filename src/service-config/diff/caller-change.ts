/** What a change does to those who call the service. */
export type Severity =
  /** Calls that succeed today may fail. */
  | 'breaking'
  /** Calls that are refused today may succeed, or something is sent where others can read it. */
  | 'weakened-security'
  | 'notice';

/** One thing that changes for callers. */
export interface CallerChange {
  readonly severity: Severity;
  /** Stable kebab-case name of the kind of change, such as `api-key-dropped`. */
  readonly rule: string;
  /** Path of the element behind it, in the grammar of {@link ElementChange}. */
  readonly element: string;
  /** The operation that it is about, `GET /books/{id}`; absent when it is about the service. */
  readonly operation?: string;
  /** A sentence for people. */
  readonly message: string;
}
