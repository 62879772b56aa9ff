import type { Diagnostic } from '../../../service-config/diagnostic.ts';

/** Collects what a config's compiler has to say. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];

  /** The config cannot be served. */
  error(rule: string, location: string, message: string): void {
    this.#add('error', rule, location, message);
  }

  /** A part of the config is left out. */
  warn(rule: string, location: string, message: string): void {
    this.#add('warning', rule, location, message);
  }

  get hasErrors(): boolean {
    return this.diagnostics.some((diagnostic) => diagnostic.kind === 'error');
  }

  #add(kind: 'error' | 'warning', rule: string, location: string, message: string): void {
    this.diagnostics.push({ kind, rule, location, message, hint: undefined, source: undefined });
  }
}
