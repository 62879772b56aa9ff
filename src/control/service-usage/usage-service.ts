import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  BatchEnableServicesResponseSchema,
  BatchGetServicesResponseSchema,
  DisableServiceResponseSchema,
  EnableServiceResponseSchema,
  ListServicesResponseSchema,
  ServiceUsage,
} from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import type {
  ListServicesRequest,
  ListServicesResponse,
} from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import type { Service } from '../../gen/google/api/serviceusage/v1/resources_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import { requireProject } from '../projects/project-access.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { implement } from '../rpc/service.ts';
import type { CallContext, ServiceImplementation } from '../rpc/service.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { disableService, enableServices, requireServices } from './activate.ts';
import type { UsageDependencies } from './activate.ts';
import { listCatalogue } from './service-catalogue.ts';
import { toUsageService } from './usage-resource.ts';

const limits: PageLimits = { kind: 'usage', defaultSize: 50, maxSize: 200 };
const maxBatchEnable = 20;
const maxBatchGet = 30;
const permissions = {
  get: 'serviceusage.services.get',
  list: 'serviceusage.services.list',
  enable: 'serviceusage.services.enable',
  disable: 'serviceusage.services.disable',
} as const;

/** google.api.serviceusage.v1.ServiceUsage over the store. */
export function createUsageService(deps: UsageDependencies): ServiceImplementation {
  return implement(ServiceUsage, {
    enableService: ({ name }, context) => enable(deps, parseName(name), context),
    disableService: ({ name }, context) => disable(deps, parseName(name), context),
    getService: async ({ name }, context) => {
      const [service] = await getServices(deps, [name], context);
      return service as Service; // One for the one name.
    },
    listServices: (request, context) => listServices(deps, request, context),
    batchEnableServices: ({ parent, serviceIds }, context) => batchEnable(deps, parent, serviceIds, context),
    batchGetServices: async ({ parent, names }, context) => {
      if (names.length === 0 || names.length > maxBatchGet)
        throw invalid(`names must have 1 to ${maxBatchGet} entries.`);
      if (names.some((name) => !name.startsWith(`${parent}/services/`)))
        throw invalid('Every name must be below the parent.');
      return create(BatchGetServicesResponseSchema, { services: await getServices(deps, names, context) });
    },
  });
}

async function enable(deps: UsageDependencies, name: UsageName, context: CallContext): Promise<Operation> {
  const { project, entries } = await requireServices(deps, context, {
    project: name.project,
    serviceNames: [name.serviceName],
    permission: permissions.enable,
  });
  const service = entries[0] && toUsageService(entries[0], project, true);
  const message = create(EnableServiceResponseSchema, service === undefined ? {} : { service });
  return enableServices(deps, { project, entries }, { schema: EnableServiceResponseSchema, message });
}

async function disable(deps: UsageDependencies, name: UsageName, context: CallContext): Promise<Operation> {
  // Whoever may administer the project may disable what it uses, be the service visible any longer or not.
  const project = await requireProject(deps, context, {
    project: name.project,
    permission: permissions.disable,
  });
  const entry = { serviceName: name.serviceName, title: name.serviceName };
  const message = create(DisableServiceResponseSchema, { service: toUsageService(entry, project, false) });
  return disableService(deps, { project, entry }, { schema: DisableServiceResponseSchema, message });
}

async function batchEnable(
  deps: UsageDependencies,
  parent: string,
  serviceNames: readonly string[],
  context: CallContext,
): Promise<Operation> {
  if (serviceNames.length === 0 || serviceNames.length > maxBatchEnable)
    throw invalid(`service_ids must have 1 to ${maxBatchEnable} entries.`);
  const access = { project: parseParent(parent), serviceNames, permission: permissions.enable };
  const { project, entries } = await requireServices(deps, context, access);
  const services = entries.map((entry) => toUsageService(entry, project, true));
  const message = create(BatchEnableServicesResponseSchema, { services });
  return enableServices(deps, { project, entries }, { schema: BatchEnableServicesResponseSchema, message });
}

async function getServices(
  deps: UsageDependencies,
  names: readonly string[],
  context: CallContext,
): Promise<Service[]> {
  const parsed = names.map(parseName);
  const { project, entries } = await requireServices(deps, context, {
    project: parsed[0]?.project ?? '',
    serviceNames: parsed.map(({ serviceName }) => serviceName),
    permission: permissions.get,
  });
  const { enabledServices } = deps.store;
  return Promise.all(
    entries.map(async (entry) =>
      toUsageService(entry, project, await enabledServices.isEnabled(project.projectId, entry.serviceName)),
    ),
  );
}

async function listServices(
  deps: UsageDependencies,
  request: ListServicesRequest,
  context: CallContext,
): Promise<ListServicesResponse> {
  const access = { project: parseParent(request.parent), permission: permissions.list };
  const project = await requireProject(deps, context, access);
  const wanted = parseState(request.filter);
  const page = parsePageRequest(request, limits);
  const enabled = new Set(
    (await deps.store.enabledServices.listByProject(project.projectId)).map(({ serviceName }) => serviceName),
  );
  const services: Service[] = [];
  let last = '';
  let next: string | undefined;
  const { projectId } = project;
  const scan = page.after === undefined ? { projectId } : { projectId, after: page.after };
  for await (const entry of listCatalogue(deps, context, scan)) {
    const isEnabled = enabled.has(entry.serviceName);
    if (wanted !== undefined && wanted !== isEnabled) continue;
    if (services.length === page.limit) {
      next = last;
      break;
    }
    services.push(toUsageService(entry, project, isEnabled));
    last = entry.serviceName;
  }
  return create(ListServicesResponseSchema, { services, nextPageToken: formatPageToken(next, limits) });
}

/** `state:ENABLED` and `state:DISABLED` are all that the filter knows. Source: ListServicesRequest.filter. */
function parseState(filter: string): boolean | undefined {
  switch (filter.replaceAll(' ', '')) {
    case '':
      return undefined;
    case 'state:ENABLED':
      return true;
    case 'state:DISABLED':
      return false;
    default:
      throw invalid(`Invalid filter '${filter}': use state:ENABLED or state:DISABLED.`);
  }
}

interface UsageName {
  readonly project: string;
  readonly serviceName: string;
}

function parseName(name: string): UsageName {
  const match = /^projects\/([^/]+)\/services\/([^/]+)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined)
    throw invalid(`Invalid name '${name}': use projects/PROJECT/services/SERVICE.`);
  return { project: match[1], serviceName: match[2] };
}

function parseParent(parent: string): string {
  const project = /^projects\/([^/]+)$/.exec(parent)?.[1];
  if (project === undefined) throw invalid(`Invalid parent '${parent}': use projects/PROJECT.`);
  return project;
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
