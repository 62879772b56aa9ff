import { RpcCode } from '../../core/status.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';

/** What one call wants from one project. */
export interface ProjectAccess {
  /** Id or number. */
  readonly project: string;
  readonly permission: string;
  /** Also find a project that is shut down. */
  readonly deleted?: boolean;
}

/** The project, if it is there and the caller may; PERMISSION_DENIED in the same words otherwise. */
export async function requireProject(
  deps: { readonly store: Store; readonly authorizer: Authorizer },
  context: CallContext,
  { project, permission, deleted = false }: ProjectAccess,
): Promise<ProjectRecord> {
  const record = await deps.store.projects.get(project);
  const denied = `Permission '${permission}' denied on resource 'projects/${project}' (or it may not exist).`;
  if (record === undefined || (record.deletedAtMs !== undefined && !deleted))
    throw new RpcError(RpcCode.PERMISSION_DENIED, denied);
  const resource = { kind: 'project', projectId: record.projectId } as const;
  await deps.authorizer.require(context, resource, permission, denied);
  return record;
}
