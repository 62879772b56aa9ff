import type { Clock } from '../../core/clock.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import type { ServiceDirectory } from './service-directory.ts';

/** What the handlers are made from. */
export interface ServiceControlParts {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly directory: ServiceDirectory;
  readonly clock: Clock;
}
