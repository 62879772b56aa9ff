import type { Service } from '../gen/google/api/service_pb.ts';
import { createContext } from './context.ts';
import type { Diagnostic } from './diagnostic.ts';
import { DiagnosticCollector } from './diagnostics/collector.ts';
import { loadInputs } from './inputs/load-inputs.ts';
import { selectFrontend } from './inputs/frontends.ts';
import { lintService } from './lint/lint-service.ts';
import { checkConfigSize } from './rules/check-config-size.ts';
import { checkService } from './rules/check-service.ts';
import type { SourceLimits } from './source/limits.ts';
import { defaultSourceLimits } from './source/limits.ts';

/** A submitted file. `path` is a base name or a relative path; `contents` are its bytes. */
export interface SourceFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** `service` is present exactly when no diagnostic is an error. */
export interface CompileResult {
  readonly service: Service | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the caller knows better than the files. */
export interface CompileOptions {
  /** Producer project written into the config; '' leaves it out. */
  readonly producerProjectId: string;
  /** Service name to expect; undefined takes the one in the files. */
  readonly serviceName?: string;
  /** What the files may cost. Default {@link defaultSourceLimits}. */
  readonly limits?: SourceLimits;
}

/**
 * Compiles the files of one service into its config. Pure: equal files and options give equal results, nothing is read
 * or kept. Never throws for what the files contain; whatever is wrong is a diagnostic.
 *
 * Reading comes first, then the frontend of the kind of input, then the rules for every `google.api.Service`, then
 * lint; a stage runs only when those before it found no error, so that one mistake is not reported three times.
 */
export function compileFiles(files: readonly SourceFile[], options: CompileOptions): CompileResult {
  const diagnostics = new DiagnosticCollector();
  const inputs = loadInputs(files, options.limits ?? defaultSourceLimits, diagnostics);
  const context = createContext(options, diagnostics, inputs.sources);
  const service = diagnostics.hasErrors ? undefined : selectFrontend(inputs, context)?.(inputs, context);
  if (service !== undefined && !diagnostics.hasErrors) checkConfigSize(service, context);
  if (service !== undefined && !diagnostics.hasErrors) checkService(service, context);
  if (service !== undefined && !diagnostics.hasErrors) lintService(service, context);
  return { service: diagnostics.hasErrors ? undefined : service, diagnostics: diagnostics.list() };
}
