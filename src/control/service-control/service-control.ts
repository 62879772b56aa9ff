import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { QuotaController } from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import { ServiceController } from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { implement, type ServiceImplementation } from '../rpc/service.ts';
import { createAllocateQuota } from './allocate-quota.ts';
import { createCheck } from './check.ts';
import { createReport } from './report.ts';
import { createServiceDirectory } from './service-directory.ts';

/** What Service Control is made from. */
export interface ServiceControlDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  /** Insert ids of log entries; default random UUIDs. */
  readonly createId?: () => string;
}

/** google.api.servicecontrol.v1: ServiceController (Check, Report) and QuotaController (AllocateQuota). */
export function createServiceControl(deps: ServiceControlDependencies): readonly ServiceImplementation[] {
  const { store, authorizer, clock, createId = randomUUID } = deps;
  const parts = { store, authorizer, clock, directory: createServiceDirectory(store) };
  return [
    implement(ServiceController, {
      check: createCheck(parts),
      report: createReport({ ...parts, createId }),
    }),
    implement(QuotaController, { allocateQuota: createAllocateQuota(parts) }),
  ];
}
