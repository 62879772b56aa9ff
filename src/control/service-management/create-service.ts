import { anyPack } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { ManagedServiceSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { CreateServiceRequest } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { recordServiceOperation } from './operation-log.ts';
import { isPurgeable, purgeService } from './purge-services.ts';
import { isServiceName, mayProduce } from './service-names.ts';
import { toManagedService } from './services.ts';

/** Services that one project may produce. Source: Service Management's quotas. */
const maxServicesPerProject = 500;

/** A wish that has passed the checks on its form. */
interface NewService {
  readonly serviceName: string;
  readonly projectId: string;
}

/**
 * CreateService. Refusals: INVALID_ARGUMENT for a malformed name, PERMISSION_DENIED without
 * `servicemanagement.services.create` on the project or for a name that belongs to another project,
 * FAILED_PRECONDITION for one that waits for its removal, ALREADY_EXISTS, RESOURCE_EXHAUSTED.
 */
export async function createService(
  deps: ServiceManagementDependencies,
  request: CreateServiceRequest,
  context: CallContext,
): Promise<Operation> {
  const wish = validate(request);
  await requireProject(deps, context, wish.projectId);
  const nowMs = deps.clock.nowMs();
  return deps.store.transaction(async (tx) => {
    await requireFreeName(tx, wish, nowMs);
    const { serviceName, projectId: producerProjectId } = wish;
    const record = { serviceName, producerProjectId, createdAtMs: nowMs };
    if (!(await tx.managedServices.insert(record))) throw alreadyExists(serviceName);
    return recordServiceOperation(tx, {
      serviceName,
      step: 'Create service',
      startedAtMs: nowMs,
      outcome: { kind: 'response', response: anyPack(ManagedServiceSchema, toManagedService(record)) },
    });
  });
}

function validate({ service }: CreateServiceRequest): NewService {
  const serviceName = service?.serviceName ?? '';
  const projectId = service?.producerProjectId ?? '';
  if (!isServiceName(serviceName))
    throw new RpcError(
      RpcCode.INVALID_ARGUMENT,
      `Invalid service name '${serviceName}': it must be a DNS name in lower case, such as api.example.com.`,
    );
  if (projectId === '') throw new RpcError(RpcCode.INVALID_ARGUMENT, 'producer_project_id must be given.');
  return { serviceName, projectId };
}

async function requireProject(
  { store, authorizer }: ServiceManagementDependencies,
  context: CallContext,
  projectId: string,
): Promise<void> {
  const project = await store.projects.get(projectId);
  // Services belong to project ids; a number, which the store would find too, is not one.
  if (project === undefined || project.deletedAtMs !== undefined || project.projectId !== projectId)
    throw new RpcError(
      RpcCode.PERMISSION_DENIED,
      `Not allowed to get project settings for project ${projectId}`,
    );
  const permission = 'servicemanagement.services.create';
  await authorizer.require(
    context,
    { kind: 'project', projectId },
    permission,
    `Caller does not have permission '${permission}' on project ${projectId}`,
  );
}

async function requireFreeName(
  tx: Store,
  { serviceName, projectId }: NewService,
  nowMs: number,
): Promise<void> {
  let existing = await tx.managedServices.get(serviceName);
  if (existing !== undefined && isPurgeable(existing, nowMs)) {
    await purgeService(tx, serviceName);
    existing = undefined;
  }
  if (!mayProduce(projectId, serviceName) || (existing?.producerProjectId ?? projectId) !== projectId)
    throw new RpcError(
      RpcCode.PERMISSION_DENIED,
      `Ownership for domain name '${serviceName}' on project '${projectId}' cannot be verified.`,
    );
  if (existing?.deletedAtMs !== undefined)
    throw new RpcError(
      RpcCode.FAILED_PRECONDITION,
      `Service ${serviceName} has been deleted and will be purged after 30 days. To reuse this service, please undelete the service following https://cloud.google.com/service-infrastructure/docs/create-services#undeleting.`,
    );
  if (existing !== undefined) throw alreadyExists(serviceName);
  if ((await tx.managedServices.count(projectId)) >= maxServicesPerProject)
    throw new RpcError(
      RpcCode.RESOURCE_EXHAUSTED,
      `Project ${projectId} produces ${maxServicesPerProject} services, which is the limit.`,
    );
}

function alreadyExists(serviceName: string): RpcError {
  return new RpcError(RpcCode.ALREADY_EXISTS, `Service '${serviceName}' already exists.`);
}
