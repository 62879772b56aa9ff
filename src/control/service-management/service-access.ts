import { RpcCode } from '../../core/status.ts';
import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';

/** What one call wants from one service. */
export interface ServiceAccess {
  readonly serviceName: string;
  /** Such as `servicemanagement.services.get`. */
  readonly permission: string;
  /** Also find a service that is deleted and can be undeleted. */
  readonly deleted?: boolean;
}

/**
 * The service, if it is there and the caller may. Otherwise PERMISSION_DENIED with one text for both, so that
 * nobody learns which names exist.
 */
export async function requireService(
  deps: { readonly store: Store; readonly authorizer: Authorizer },
  context: CallContext,
  access: ServiceAccess,
): Promise<ManagedServiceRecord> {
  const { serviceName, permission } = access;
  if (serviceName === '') throw new RpcError(RpcCode.INVALID_ARGUMENT, 'service_name must be given.');
  const denied = `Service '${serviceName}' not found or permission denied.`;
  await deps.authorizer.require(context, { kind: 'service', serviceName }, permission, denied);
  const record = await deps.store.managedServices.get(serviceName);
  if (record === undefined || (record.deletedAtMs !== undefined && access.deleted !== true))
    throw new RpcError(RpcCode.PERMISSION_DENIED, denied);
  return record;
}
