import { create } from '@bufbuild/protobuf';
import { anyPack, EmptySchema } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { ManagedServiceSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { ManagedService } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { UndeleteServiceResponseSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type {
  DeleteServiceRequest,
  GetServiceRequest,
  UndeleteServiceRequest,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { recordServiceOperation } from './operation-log.ts';
import { principalOf } from '../principal.ts';
import { appendRollout, lastTrafficStrategy } from './rollout-log.ts';
import { requireService } from './service-access.ts';

/** The message that stands for a managed service. */
export function toManagedService(record: ManagedServiceRecord): ManagedService {
  const { serviceName, producerProjectId } = record;
  return create(ManagedServiceSchema, { serviceName, producerProjectId });
}

/** GetService. */
export async function getService(
  deps: ServiceManagementDependencies,
  { serviceName }: GetServiceRequest,
  context: CallContext,
): Promise<ManagedService> {
  const permission = 'servicemanagement.services.get';
  return toManagedService(await requireService(deps, context, { serviceName, permission }));
}

/** DeleteService: the service stops, and can be undeleted for 30 days. */
export async function deleteService(
  deps: ServiceManagementDependencies,
  { serviceName }: DeleteServiceRequest,
  context: CallContext,
): Promise<Operation> {
  await requireService(deps, context, { serviceName, permission: 'servicemanagement.services.delete' });
  const nowMs = deps.clock.nowMs();
  return deps.store.transaction(async (tx) => {
    await tx.managedServices.setDeleted(serviceName, nowMs);
    const strategy = { case: 'deleteServiceStrategy', value: {} } as const;
    await appendRollout(tx, { serviceName, strategy, nowMs, createdBy: principalOf(context.caller) });
    return recordServiceOperation(tx, {
      serviceName,
      step: 'Delete service',
      startedAtMs: nowMs,
      outcome: { kind: 'response', response: anyPack(EmptySchema, create(EmptySchema)) },
    });
  });
}

/** UndeleteService: what was served before the deletion is served again. */
export async function undeleteService(
  deps: ServiceManagementDependencies,
  { serviceName }: UndeleteServiceRequest,
  context: CallContext,
): Promise<Operation> {
  const permission = 'servicemanagement.services.delete';
  const record = await requireService(deps, context, { serviceName, permission, deleted: true });
  if (record.deletedAtMs === undefined)
    throw new RpcError(RpcCode.FAILED_PRECONDITION, `Service ${serviceName} is not deleted.`);
  const nowMs = deps.clock.nowMs();
  return deps.store.transaction(async (tx) => {
    await tx.managedServices.setDeleted(serviceName, undefined);
    const strategy = await lastTrafficStrategy(tx, serviceName);
    if (strategy !== undefined)
      await appendRollout(tx, { serviceName, strategy, nowMs, createdBy: principalOf(context.caller) });
    const response = create(UndeleteServiceResponseSchema, { service: toManagedService(record) });
    return recordServiceOperation(tx, {
      serviceName,
      step: 'Undelete service',
      startedAtMs: nowMs,
      outcome: { kind: 'response', response: anyPack(UndeleteServiceResponseSchema, response) },
    });
  });
}
