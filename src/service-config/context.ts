import type { CompileOptions } from './compile.ts';
import type { DiagnosticCollector } from './diagnostics/collector.ts';
import { Origins } from './model/origins.ts';
import { SharingBudget } from './openapi/sharing-budget.ts';
import { defaultSourceLimits } from './source/limits.ts';
import { SourceSet } from './source/source-set.ts';

/** What every part of one compilation shares. */
export interface CompileContext {
  readonly options: CompileOptions;
  readonly diagnostics: DiagnosticCollector;
  readonly origins: Origins;
  /** The submitted JSON and YAML files. */
  readonly sources: SourceSet;
  readonly sharing: SharingBudget;
}

/** What one compilation starts with. */
export function createContext(
  options: CompileOptions,
  diagnostics: DiagnosticCollector,
  sources?: SourceSet,
): CompileContext {
  const limits = options.limits ?? defaultSourceLimits;
  return {
    options,
    diagnostics,
    origins: new Origins(),
    sources: sources ?? new SourceSet([], limits),
    sharing: new SharingBudget(limits.maxSharedValues, diagnostics),
  };
}
