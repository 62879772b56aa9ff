import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { GetServiceConfigRequestSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { getServiceConfig } from './configs.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';

/** Configs read at once on the way to the one before. */
const scanSize = 20;

/** A config that came without another to compare it with. */
export interface LoneConfig {
  readonly service: Service;
  /** See {@link ConfigOperand}. */
  readonly isStored: boolean;
}

/**
 * The config that was made before a stored one, or the one in use for a config that is not stored; undefined when there
 * is none. Who may not see the service sees none of its configs, and learns nothing from that.
 */
export async function findPredecessor(
  deps: ServiceManagementDependencies,
  { service, isStored }: LoneConfig,
  context: CallContext,
): Promise<Service | undefined> {
  if (isStored) return configBefore(deps, service);
  if (service.name === '') return undefined;
  try {
    const request = create(GetServiceConfigRequestSchema, { serviceName: service.name });
    return await getServiceConfig(deps, request, context);
  } catch (error) {
    if (error instanceof RpcError && noConfig.includes(error.code)) return undefined;
    throw error;
  }
}

/** No such service, none that the caller may see, or one without configs. */
const noConfig: readonly RpcCode[] = [RpcCode.PERMISSION_DENIED, RpcCode.NOT_FOUND];

async function configBefore(
  { store }: ServiceManagementDependencies,
  { name, id }: Service,
): Promise<Service | undefined> {
  let after: string | undefined;
  let isNext = false;
  do {
    const page = await store.serviceConfigs.list(name, {
      limit: scanSize,
      ...(after === undefined ? {} : { after }),
    });
    for (const { configId, service } of page.records) {
      if (isNext) return service;
      isNext = configId === id;
    }
    after = page.next;
  } while (after !== undefined);
  return undefined;
}
