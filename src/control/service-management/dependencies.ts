import type { Clock } from '../../core/clock.ts';
import type { CompileOptions, CompileResult, SourceFile } from '../../service-config/compile.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';

/** What Service Management works with. */
export interface ServiceManagementDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  /** The service config compiler. */
  readonly compile: (files: readonly SourceFile[], options: CompileOptions) => CompileResult;
}
