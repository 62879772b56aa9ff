import type { DiagnosticCollector } from '../diagnostics/collector.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { SourcePlace } from '../source/source-node.ts';

/**
 * Counts what the operations of one compilation share: the schemes of a `security` list, the fields of a form. A list at
 * the root counts for every operation that inherits it, so a small file could ask for millions of messages.
 */
export class SharingBudget {
  readonly #max: number;
  readonly #diagnostics: DiagnosticCollector;
  #left: number;

  constructor(max: number, diagnostics: DiagnosticCollector) {
    this.#max = max;
    this.#left = max;
    this.#diagnostics = diagnostics;
  }

  /** Whether `count` more may be looked at. Reports it once when not; from then on nothing may. */
  take(count: number, at: SourcePlace): boolean {
    const isExhausted = this.#left < 0;
    this.#left = isExhausted ? this.#left : this.#left - count;
    if (this.#left >= 0) return true;
    if (!isExhausted) this.#report(at);
    return false;
  }

  #report(at: SourcePlace): void {
    this.#diagnostics.error({
      rule: 'config-size',
      location: toplevelLocation,
      message: `The operations together have more than ${this.#max} security schemes and form fields.`,
      hint: 'Name fewer schemes in security, and use smaller forms; what operations share counts for each of them.',
      at,
    });
  }
}
