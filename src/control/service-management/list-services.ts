import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { ListServicesResponseSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type {
  ListServicesRequest,
  ListServicesResponse,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import type { PageRequest } from '../../store/page.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { toManagedService } from './services.ts';

const limits: PageLimits = { kind: 'services', defaultSize: 50, maxSize: 500 };
/** Records read at once while looking for those that the caller may see. */
const scanSize = 100;

/** ListServices: by name, and only what the caller may see, which for anonymous callers is what is public. */
export async function listServices(
  deps: ServiceManagementDependencies,
  request: ListServicesRequest,
  context: CallContext,
): Promise<ListServicesResponse> {
  const page = parsePageRequest(request, limits);
  const candidates = await candidatesOf(deps, request, context);
  const services: ManagedServiceRecord[] = [];
  let more = false;
  for await (const record of candidates(page)) {
    if (services.length === page.limit) {
      more = true;
      break;
    }
    services.push(record);
  }
  return create(ListServicesResponseSchema, {
    services: services.map(toManagedService),
    nextPageToken: formatPageToken(more ? services.at(-1)?.serviceName : undefined, limits),
  });
}

type Candidates = (page: PageRequest) => AsyncIterable<ManagedServiceRecord>;

async function candidatesOf(
  deps: ServiceManagementDependencies,
  { consumerId, producerProjectId }: ListServicesRequest,
  context: CallContext,
): Promise<Candidates> {
  if (consumerId === '') return (page) => visible(deps, context, { page, producerProjectId });
  const projectId = /^project:(.+)$/.exec(consumerId)?.[1];
  if (projectId === undefined)
    throw new RpcError(
      RpcCode.INVALID_ARGUMENT,
      `Invalid consumer_id '${consumerId}': use project:PROJECT_ID.`,
    );
  await deps.authorizer.require(context, { kind: 'project', projectId }, 'serviceusage.services.list');
  return (page) => consumed(deps, { page, projectId, producerProjectId });
}

/** Services that the caller may get. */
async function* visible(
  { store, authorizer }: ServiceManagementDependencies,
  context: CallContext,
  { page, producerProjectId }: { readonly page: PageRequest; readonly producerProjectId: string },
): AsyncGenerator<ManagedServiceRecord> {
  let { after } = page;
  do {
    const batch = await store.managedServices.list({
      limit: scanSize,
      ...(after === undefined ? {} : { after }),
      ...(producerProjectId === '' ? {} : { producerProjectId }),
    });
    for (const record of batch.records) {
      const resource = { kind: 'service', serviceName: record.serviceName } as const;
      const granted = await authorizer.grantedPermissions(context, resource, [
        'servicemanagement.services.get',
      ]);
      if (granted.length > 0) yield record;
    }
    after = batch.next;
  } while (after !== undefined);
}

/** Services that a project has enabled; whoever may list those may see them. */
async function* consumed(
  { store }: ServiceManagementDependencies,
  options: { readonly page: PageRequest; readonly projectId: string; readonly producerProjectId: string },
): AsyncGenerator<ManagedServiceRecord> {
  const { after = '' } = options.page;
  for (const { serviceName } of await store.enabledServices.listByProject(options.projectId)) {
    if (serviceName <= after) continue;
    const record = await store.managedServices.get(serviceName);
    if (record === undefined || record.deletedAtMs !== undefined) continue;
    if (options.producerProjectId === '' || record.producerProjectId === options.producerProjectId)
      yield record;
  }
}
