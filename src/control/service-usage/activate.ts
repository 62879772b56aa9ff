import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { anyPack } from '@bufbuild/protobuf/wkt';
import type { Clock } from '../../core/clock.ts';
import { RpcCode } from '../../core/status.ts';
import { OperationMetadataSchema } from '../../gen/google/api/serviceusage/v1/resources_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import type { Store } from '../../store/store.ts';
import { noopOperationName } from '../operations/noop-operation.ts';
import { requireProject } from '../projects/project-access.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { findService } from './service-catalogue.ts';
import type { CatalogueDependencies, CatalogueEntry } from './service-catalogue.ts';

/** What enabling and disabling work with. */
export interface UsageDependencies extends CatalogueDependencies {
  readonly clock: Clock;
}

/** What is wanted from which services in which project. */
export interface Activation {
  /** Project id or number. */
  readonly project: string;
  readonly serviceNames: readonly string[];
  readonly permission: string;
}

/** The services, all of them, or PERMISSION_DENIED naming those that cannot be seen. */
export async function requireServices(
  deps: UsageDependencies,
  context: CallContext,
  { project, serviceNames, permission }: Activation,
): Promise<{ project: ProjectRecord; entries: readonly CatalogueEntry[] }> {
  const record = await requireProject(deps, context, { project, permission });
  const { projectId } = record;
  const found = await Promise.all(
    serviceNames.map((serviceName) => findService(deps, context, { serviceName, projectId })),
  );
  const missing = serviceNames.filter((_, i) => found[i] === undefined);
  if (missing.length > 0)
    throw new RpcError(
      RpcCode.PERMISSION_DENIED,
      `Not found or permission denied for service(s): ${missing.join(', ')}.`,
    );
  return { project: record, entries: found.filter((entry) => entry !== undefined) };
}

/** Enables services together, and answers with the operation; one that was done before is done at once. */
export async function enableServices<T extends Message>(
  deps: UsageDependencies,
  { project, entries }: { readonly project: ProjectRecord; readonly entries: readonly CatalogueEntry[] },
  answer: { readonly schema: GenMessage<T>; readonly message: T },
): Promise<Operation> {
  const nowMs = deps.clock.nowMs();
  const { projectId } = project;
  return deps.store.transaction(async (tx) => {
    const changes: boolean[] = [];
    for (const { serviceName } of entries)
      changes.push(await tx.enabledServices.enable({ projectId, serviceName, enabledAtMs: nowMs }));
    return recordOperation(tx, {
      project,
      entries,
      nowMs,
      name: changes.includes(true) ? operationName(project) : noopOperationName,
      answer,
    });
  });
}

/** Disables one service. FAILED_PRECONDITION when it is not enabled. */
export async function disableService<T extends Message>(
  deps: UsageDependencies,
  { project, entry }: { readonly project: ProjectRecord; readonly entry: CatalogueEntry },
  answer: { readonly schema: GenMessage<T>; readonly message: T },
): Promise<Operation> {
  const nowMs = deps.clock.nowMs();
  return deps.store.transaction(async (tx) => {
    if (!(await tx.enabledServices.disable(project.projectId, entry.serviceName)))
      throw new RpcError(
        RpcCode.FAILED_PRECONDITION,
        `Service ${entry.serviceName} is not enabled for project ${project.projectId}.`,
      );
    return recordOperation(tx, { project, entries: [entry], nowMs, name: operationName(project), answer });
  });
}

function operationName({ projectNumber }: ProjectRecord): string {
  return `operations/acat.p2-${projectNumber}-${randomUUID()}`;
}

async function recordOperation<T extends Message>(
  tx: Store,
  work: {
    readonly project: ProjectRecord;
    readonly entries: readonly CatalogueEntry[];
    readonly nowMs: number;
    readonly name: string;
    readonly answer: { readonly schema: GenMessage<T>; readonly message: T };
  },
): Promise<Operation> {
  const { project, name, answer } = work;
  const resourceNames = work.entries.map(
    ({ serviceName }) => `projects/${project.projectNumber}/services/${serviceName}`,
  );
  const operation = create(OperationSchema, {
    name,
    done: true,
    metadata: anyPack(OperationMetadataSchema, create(OperationMetadataSchema, { resourceNames })),
    result: { case: 'response', value: anyPack(answer.schema, answer.message) },
  });
  if (name !== noopOperationName)
    await tx.operations.insert({
      name,
      api: 'serviceusage',
      resource: `projects/${project.projectId}`,
      startedAtMs: work.nowMs,
      operation,
    });
  return operation;
}
