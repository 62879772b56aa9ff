import type { CompileOptions } from './compile.ts';
import type { DiagnosticCollector } from './diagnostics/collector.ts';
import type { Origins } from './model/origins.ts';
import type { SourceSet } from './source/source-set.ts';

/** What every part of one compilation shares. */
export interface CompileContext {
  readonly options: CompileOptions;
  readonly diagnostics: DiagnosticCollector;
  readonly origins: Origins;
  /** The submitted JSON and YAML files. */
  readonly sources: SourceSet;
}
