import { RpcCode } from '../../core/status.ts';
import type { Authorizer } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import type { ServedService, ServiceDirectory } from './service-directory.ts';

/** What each call needs on the service. */
export const permissions = {
  check: 'servicemanagement.services.check',
  quota: 'servicemanagement.services.quota',
  report: 'servicemanagement.services.report',
} as const;

/** A call about one service by somebody. */
export interface ServiceCall {
  readonly serviceName: string;
  readonly serviceConfigId: string;
}

/**
 * The service, for a caller who holds `permission` on it. One that does not exist looks exactly like one that is not
 * allowed: nobody can find out names by asking. Throws PERMISSION_DENIED.
 */
export async function openService(
  call: ServiceCall,
  permission: string,
  deps: {
    readonly authorizer: Authorizer;
    readonly directory: ServiceDirectory;
    readonly context: CallContext;
  },
): Promise<ServedService> {
  const { serviceName } = call;
  await deps.authorizer.require(deps.context, { kind: 'service', serviceName }, permission);
  const service = await deps.directory.find(serviceName, call.serviceConfigId);
  if (service !== undefined) return service;
  throw new RpcError(
    RpcCode.PERMISSION_DENIED,
    `Permission '${permission}' denied on service '${serviceName}'.`,
  );
}

/** Source: Google's answer to a missing or blank operation. */
export function invalidArgument(): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, 'Request contains an invalid argument.');
}
