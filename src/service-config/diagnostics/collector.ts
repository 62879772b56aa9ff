import type { Diagnostic } from '../diagnostic.ts';
import type { SourcePlace } from '../source/source-node.ts';
import { ruleHints } from './rule-hints.ts';

/** What a rule has to say; the collector adds the kind and turns the place into line and column. */
export interface Finding {
  /** Stable kebab-case name of the rule. */
  readonly rule: string;
  /** Service Management's location text. */
  readonly location: string;
  readonly message: string;
  /** What to write instead; undefined takes that of the rule, see {@link ruleHints}. */
  readonly hint?: string | undefined;
  readonly at?: SourcePlace | undefined;
}

/** Location texts of findings that belong to no file. */
export const toplevelLocation = 'toplevel';
export const unknownLocation = 'unknown location';

/** Errors kept of one compilation, and as many warnings; a broken file of 10,000 operations must not answer with megabytes. */
export const maxDiagnostics = 5000;
/** Longest message, location or hint; names of the files go into them, and one name can be megabytes. */
export const maxTextLength = 2000;

/**
 * Collects the findings of one compilation in the order in which they are made. Equal ones are kept once. Warnings never
 * take the place of errors: a document without API keys has one for every operation.
 */
export class DiagnosticCollector {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #kept = { error: 0, warning: 0 };
  readonly #dropped = { error: 0, warning: 0 };

  error(finding: Finding): void {
    this.#add('error', finding);
  }

  warning(finding: Finding): void {
    this.#add('warning', finding);
  }

  get hasErrors(): boolean {
    return this.#kept.error > 0;
  }

  /** Everything found; past the bound the last entry says how many are left out. */
  list(): readonly Diagnostic[] {
    const { error, warning } = this.#dropped;
    if (error + warning === 0) return this.#diagnostics;
    return [
      ...this.#diagnostics,
      {
        kind: error > 0 ? 'error' : 'warning',
        rule: 'too-many-diagnostics',
        location: toplevelLocation,
        message: `${error + warning} more findings are left out.`,
        hint: undefined,
        source: undefined,
      },
    ];
  }

  #add(kind: Diagnostic['kind'], finding: Finding): void {
    const place = finding.at === undefined ? '' : `${finding.at.source.path}@${finding.at.offset}`;
    const [location, message] = [clip(finding.location), clip(finding.message)];
    const key = `${kind}\0${finding.rule}\0${location}\0${message}\0${place}`;
    if (this.#seen.has(key)) return;
    if (this.#kept[kind] >= maxDiagnostics) {
      this.#dropped[kind] += 1;
      return;
    }
    const hint =
      finding.hint ?? (Object.hasOwn(ruleHints, finding.rule) ? ruleHints[finding.rule] : undefined);
    this.#kept[kind] += 1;
    this.#seen.add(key);
    this.#diagnostics.push({
      kind,
      rule: finding.rule,
      location,
      message,
      hint: hint === undefined ? undefined : clip(hint),
      source: finding.at?.source.locate(finding.at.offset),
    });
  }
}

function clip(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
