import { clone, create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import {
  GetServiceConfigRequest_ConfigView,
  ListServiceConfigsResponseSchema,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type {
  CreateServiceConfigRequest,
  GetServiceConfigRequest,
  ListServiceConfigsRequest,
  ListServiceConfigsResponse,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { compileService } from '../../service-config/normalised/compile-service.ts';
import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import type { ServiceConfigRecord } from '../../store/service-configs.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { servedConfigId } from '../served-config.ts';
import { appendConfig } from './config-log.ts';
import { formatCompileFailure, toDiagnostic } from './diagnostics.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { isClientChosenId } from './resource-ids.ts';
import { requireService } from './service-access.ts';

const limits: PageLimits = { kind: 'configs', defaultSize: 50, maxSize: 100 };

/** GetServiceConfig. Without a config id: what is rolled out, or the newest when nothing is. */
export async function getServiceConfig(
  deps: ServiceManagementDependencies,
  { serviceName, configId, view }: GetServiceConfigRequest,
  context: CallContext,
): Promise<Service> {
  await requireService(deps, context, { serviceName, permission: 'servicemanagement.services.get' });
  const record =
    configId === ''
      ? await currentConfig(deps.store, serviceName)
      : await deps.store.serviceConfigs.get(serviceName, configId);
  if (record === undefined) throw unknownConfig(serviceName, configId);
  if (view !== GetServiceConfigRequest_ConfigView.FULL) return record.service;
  const sources = await deps.store.serviceConfigs.getSources(serviceName, record.configId);
  if (sources === undefined) return record.service;
  const service = clone(ServiceSchema, record.service);
  service.sourceInfo = sources;
  return service;
}

/** ListServiceConfigs: newest first, in the BASIC view. */
export async function listServiceConfigs(
  deps: ServiceManagementDependencies,
  request: ListServiceConfigsRequest,
  context: CallContext,
): Promise<ListServiceConfigsResponse> {
  const { serviceName } = request;
  await requireService(deps, context, { serviceName, permission: 'servicemanagement.services.get' });
  const page = await deps.store.serviceConfigs.list(serviceName, parsePageRequest(request, limits));
  return create(ListServiceConfigsResponseSchema, {
    serviceConfigs: page.records.map((record) => record.service),
    nextPageToken: formatPageToken(page.next, limits),
  });
}

/** CreateServiceConfig: takes a config that is compiled already. The client may choose its id. */
export async function createServiceConfig(
  deps: ServiceManagementDependencies,
  { serviceName, serviceConfig }: CreateServiceConfigRequest,
  context: CallContext,
): Promise<Service> {
  const permission = 'servicemanagement.services.update';
  const owner = await requireService(deps, context, { serviceName, permission });
  const service = compileNormalised(owner, validate(serviceName, serviceConfig));
  const nowMs = deps.clock.nowMs();
  return deps.store.transaction((tx) =>
    appendConfig(tx, { owner, service, sources: service.sourceInfo, nowMs }),
  );
}

/** The error for a config that a service does not have; '' stands for having none at all. */
export function unknownConfig(serviceName: string, configId: string): RpcError {
  const what = configId === '' ? 'No service config' : `Service config '${configId}' not`;
  return new RpcError(RpcCode.NOT_FOUND, `${what} found for service '${serviceName}'.`);
}

/** The config that most of the traffic gets, or the newest when nothing is rolled out. */
async function currentConfig(store: Store, serviceName: string): Promise<ServiceConfigRecord | undefined> {
  const configId = servedConfigId((await store.rollouts.active(serviceName))?.rollout);
  return configId === undefined
    ? store.serviceConfigs.latest(serviceName)
    : store.serviceConfigs.get(serviceName, configId);
}

function validate(serviceName: string, service: Service | undefined): Service {
  if (service === undefined) throw invalid('service_config must be given.');
  if (service.name !== '' && service.name !== serviceName)
    throw invalid(`The config names service '${service.name}', the request '${serviceName}'.`);
  if (service.id !== '' && !isClientChosenId(service.id))
    throw invalid(`Invalid config id '${service.id}': up to 63 of a-z, 0-9, '.', '_' and '-'.`);
  return service;
}

/** The rules that every config is held to. A proxy does not start on a config that breaks them. */
function compileNormalised(owner: ManagedServiceRecord, config: Service): Service {
  const { serviceName, producerProjectId } = owner;
  const { service, diagnostics } = compileService(config, { serviceName, producerProjectId });
  if (service === undefined) throw invalid(formatCompileFailure(diagnostics.map(toDiagnostic)));
  return service;
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
