import type { Diagnostic } from '../diagnostic.ts';
import type { SourcePlace } from '../source/source-node.ts';

/** What a rule has to say; the collector adds the kind and turns the place into line and column. */
export interface Finding {
  /** Stable kebab-case name of the rule. */
  readonly rule: string;
  /** Service Management's location text. */
  readonly location: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly at?: SourcePlace | undefined;
}

/** Location texts of findings that belong to no file. */
export const toplevelLocation = 'toplevel';
export const unknownLocation = 'unknown location';

/** Findings kept of one compilation; a broken file of 10,000 operations must not answer with megabytes. */
export const maxDiagnostics = 5000;

/** Collects the findings of one compilation in the order in which they are made. Equal ones are kept once. */
export class DiagnosticCollector {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  #errors = 0;
  #dropped = 0;

  error(finding: Finding): void {
    this.#add('error', finding);
  }

  warning(finding: Finding): void {
    this.#add('warning', finding);
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** Everything found, errors never lost: past the bound the last entry says how many are left out. */
  list(): readonly Diagnostic[] {
    if (this.#dropped === 0) return this.#diagnostics;
    return [
      ...this.#diagnostics,
      {
        kind: this.hasErrors ? 'error' : 'warning',
        rule: 'too-many-diagnostics',
        location: toplevelLocation,
        message: `${this.#dropped} more findings are left out.`,
        hint: undefined,
        source: undefined,
      },
    ];
  }

  #add(kind: Diagnostic['kind'], finding: Finding): void {
    const place = finding.at === undefined ? '' : `${finding.at.source.path}@${finding.at.offset}`;
    const key = `${kind}\0${finding.rule}\0${finding.location}\0${finding.message}\0${place}`;
    if (this.#seen.has(key)) return;
    if (kind === 'error') this.#errors += 1;
    if (this.#diagnostics.length >= maxDiagnostics) {
      this.#dropped += 1;
      return;
    }
    this.#seen.add(key);
    this.#diagnostics.push({
      kind,
      rule: finding.rule,
      location: finding.location,
      message: finding.message,
      hint: finding.hint,
      source: finding.at?.source.locate(finding.at.offset),
    });
  }
}
