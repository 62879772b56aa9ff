import { randomInt } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { Empty } from '@bufbuild/protobuf/wkt';
import { EmptySchema, anyPack, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Clock } from '../../core/clock.ts';
import { RpcCode } from '../../core/status.ts';
import {
  LifecycleState,
  ListProjectsResponseSchema,
  ProjectCreationStatusSchema,
  ProjectSchema,
  Projects,
} from '../../gen/gatehouse/cloudresourcemanager/v1/projects_pb.ts';
import type {
  CreateProjectRequest,
  ListProjectsRequest,
  ListProjectsResponse,
  Project,
  UpdateProjectRequest,
} from '../../gen/gatehouse/cloudresourcemanager/v1/projects_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { implement } from '../rpc/service.ts';
import type { CallContext, ServiceImplementation } from '../rpc/service.ts';
import { requireProject } from './project-access.ts';
import { parseProjectFilter } from './project-filter.ts';

/** What the projects service works with. */
export interface ProjectDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
}

const limits: PageLimits = { kind: 'projects', defaultSize: 100, maxSize: 500 };
/** Source: Resource Manager, field `project_id`. */
const projectIdPattern = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const labelPattern = /^[\p{Ll}\p{Lo}0-9_-]{0,63}$/u;
const maxLabels = 64;
const maxNameLength = 30;
const projectNumbers = { min: 100_000_000_000, max: 1_000_000_000_000 };
/** A number of 12 digits is hardly ever taken; giving up after this many means something else is wrong. */
const maxNumberAttempts = 10;

/** Cloud Resource Manager v1's projects, as far as they matter here: owners of services, keys and accounts. */
export function createProjectService(deps: ProjectDependencies): ServiceImplementation {
  return implement(Projects, {
    createProject: (request, context) => createProject(deps, request, context),
    getProject: async ({ projectId }, context) =>
      toProject(
        await requireProject(deps, context, {
          project: projectId,
          permission: 'resourcemanager.projects.get',
          deleted: true,
        }),
      ),
    listProjects: (request, context) => listProjects(deps, request, context),
    updateProject: (request, context) => updateProject(deps, request, context),
    deleteProject: ({ projectId }, context) => setDeleted(deps, projectId, context, true),
    undeleteProject: ({ projectId }, context) => setDeleted(deps, projectId, context, false),
  });
}

/** Projects stand under no organization, so only the owner makes them. */
async function createProject(
  { store, clock }: ProjectDependencies,
  { project }: CreateProjectRequest,
  context: CallContext,
): Promise<Operation> {
  if (context.caller.kind !== 'owner')
    throw new RpcError(RpcCode.PERMISSION_DENIED, "Permission 'resourcemanager.projects.create' denied.");
  const projectId = project?.projectId ?? '';
  if (!projectIdPattern.test(projectId))
    throw invalid(
      `Invalid project id '${projectId}': 6 to 30 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen.`,
    );
  const { displayName, labels } = validateDetails(project?.name || projectId, project?.labels ?? {});
  const createdAtMs = clock.nowMs();
  return store.transaction(async (tx) => {
    if ((await tx.projects.get(projectId)) !== undefined)
      throw new RpcError(RpcCode.ALREADY_EXISTS, 'Requested entity already exists');
    const record = await insertNumbered(tx, { projectId, displayName, labels, createdAtMs });
    const operation = toOperation(record);
    await tx.operations.insert({
      name: operation.name,
      api: 'cloudresourcemanager',
      resource: `projects/${projectId}`,
      startedAtMs: createdAtMs,
      operation,
    });
    return operation;
  });
}

async function insertNumbered(
  tx: Store,
  project: Omit<ProjectRecord, 'projectNumber'>,
): Promise<ProjectRecord> {
  for (let i = 0; i < maxNumberAttempts; i++) {
    const projectNumber = String(randomInt(projectNumbers.min, projectNumbers.max));
    const record = { ...project, projectNumber };
    if (await tx.projects.insert(record)) return record;
  }
  throw new TypeError('no project number is free');
}

async function listProjects(
  { store, authorizer }: ProjectDependencies,
  request: ListProjectsRequest,
  context: CallContext,
): Promise<ListProjectsResponse> {
  const isWanted = parseProjectFilter(request.filter);
  const page = parsePageRequest(request, limits);
  const found: ProjectRecord[] = [];
  let { after } = page;
  do {
    const batch = await store.projects.list({
      limit: limits.maxSize,
      ...(after === undefined ? {} : { after }),
    });
    for (const record of batch.records) {
      const resource = { kind: 'project', projectId: record.projectId } as const;
      if (!isWanted(record)) continue;
      const granted = await authorizer.grantedPermissions(context, resource, [
        'resourcemanager.projects.get',
      ]);
      if (granted.length > 0) found.push(record);
      if (found.length > page.limit) break;
    }
    after = batch.next;
  } while (after !== undefined && found.length <= page.limit);
  const records = found.slice(0, page.limit);
  const next = found.length > page.limit ? records.at(-1)?.projectId : undefined;
  return create(ListProjectsResponseSchema, {
    projects: records.map(toProject),
    nextPageToken: formatPageToken(next, limits),
  });
}

async function updateProject(
  deps: ProjectDependencies,
  { projectId, project }: UpdateProjectRequest,
  context: CallContext,
): Promise<Project> {
  const access = { project: projectId, permission: 'resourcemanager.projects.update' };
  const { projectId: id, displayName } = await requireProject(deps, context, access);
  const details = validateDetails(project?.name || displayName, project?.labels ?? {});
  const updated = await change(deps.store, id, (record) => ({ ...record, ...details }));
  return toProject(updated);
}

async function setDeleted(
  deps: ProjectDependencies,
  projectId: string,
  context: CallContext,
  isDeleted: boolean,
): Promise<Empty> {
  const permission = `resourcemanager.projects.${isDeleted ? 'delete' : 'undelete'}`;
  const { projectId: id } = await requireProject(deps, context, {
    project: projectId,
    permission,
    deleted: true,
  });
  await change(deps.store, id, ({ deletedAtMs, ...live }) => {
    if ((deletedAtMs !== undefined) === isDeleted)
      throw new RpcError(
        RpcCode.FAILED_PRECONDITION,
        `Project '${projectId}' is ${isDeleted ? '' : 'not '}deleted.`,
      );
    return isDeleted ? { ...live, deletedAtMs: deps.clock.nowMs() } : live;
  });
  return create(EmptySchema);
}

/** Reads and writes in one transaction: two calls at once change what each is about, and nothing of the other's. */
function change(
  store: Store,
  projectId: string,
  toChanged: (record: ProjectRecord) => ProjectRecord,
): Promise<ProjectRecord> {
  return store.transaction(async (tx) => {
    const record = await tx.projects.get(projectId);
    if (record === undefined) throw new TypeError('projects are never removed');
    const changed = toChanged(record);
    await tx.projects.update(changed);
    return changed;
  });
}

function validateDetails(
  displayName: string,
  labels: Readonly<Record<string, string>>,
): Pick<ProjectRecord, 'displayName' | 'labels'> {
  if (displayName.length > maxNameLength)
    throw invalid(`The name is longer than ${maxNameLength} characters.`);
  const entries = Object.entries(labels);
  const isBad = entries.some(
    ([key, value]) => key === '' || !labelPattern.test(key) || !labelPattern.test(value),
  );
  if (isBad || entries.length > maxLabels) throw invalid('Invalid labels.');
  return { displayName, labels };
}

/** A record as the API shows it. */
function toProject(record: ProjectRecord): Project {
  return create(ProjectSchema, {
    projectId: record.projectId,
    projectNumber: BigInt(record.projectNumber),
    name: record.displayName,
    labels: { ...record.labels },
    createTime: timestampFromMs(record.createdAtMs),
    lifecycleState:
      record.deletedAtMs === undefined ? LifecycleState.ACTIVE : LifecycleState.DELETE_REQUESTED,
  });
}

function toOperation(record: ProjectRecord): Operation {
  const createTime = timestampFromMs(record.createdAtMs);
  const metadata = create(ProjectCreationStatusSchema, { createTime, gettable: true, ready: true });
  return create(OperationSchema, {
    name: `operations/cp.${record.projectNumber}`,
    done: true,
    metadata: anyPack(ProjectCreationStatusSchema, metadata),
    result: { case: 'response', value: anyPack(ProjectSchema, toProject(record)) },
  });
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
