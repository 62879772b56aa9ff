/** Where in a submitted file. Line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One finding of the compiler, as data. Messages are Service Management's wording where it has one. */
export interface Diagnostic {
  readonly kind: 'error' | 'warning';
  /** Stable kebab-case name of the rule, such as `operation-without-api-key`. */
  readonly rule: string;
  /** Service Management's location text: `f.yaml: Operation 'get' in path '/p'`, `toplevel`, `unknown location`. */
  readonly location: string;
  readonly message: string;
  /** What to write instead. */
  readonly hint: string | undefined;
  /** Undefined when the finding belongs to no place, such as a missing key of the whole set. */
  readonly source: SourceLocation | undefined;
}
