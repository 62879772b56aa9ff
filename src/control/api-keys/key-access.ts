import type { Clock } from '../../core/clock.ts';
import { RpcCode } from '../../core/status.ts';
import type { ApiKeyRecord } from '../../store/api-keys.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { requireProject } from '../projects/project-access.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';

/** What the API Keys methods work with. */
export interface ApiKeyDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
}

/** How long a deleted key can be undeleted. Source: API Keys, method DeleteKey. */
export const keyRetentionMs: number = 30 * 24 * 3_600_000;

/** A key and the project that it belongs to. */
export interface KeyInProject {
  readonly record: ApiKeyRecord;
  readonly project: ProjectRecord;
}

/** The project of `projects/P/locations/global`, if the caller may. */
export async function requireKeyParent(
  deps: ApiKeyDependencies,
  context: CallContext,
  { parent, permission }: { readonly parent: string; readonly permission: string },
): Promise<ProjectRecord> {
  const project = /^projects\/([^/]+)\/locations\/global$/.exec(parent)?.[1];
  if (project === undefined)
    throw new RpcError(
      RpcCode.INVALID_ARGUMENT,
      `Invalid parent '${parent}': use projects/PROJECT/locations/global.`,
    );
  return requireProject(deps, context, { project, permission });
}

/** The key of `projects/P/locations/global/keys/K`, deleted ones included. NOT_FOUND once it is gone for good. */
export async function requireKey(
  deps: ApiKeyDependencies,
  context: CallContext,
  { name, permission }: { readonly name: string; readonly permission: string },
): Promise<KeyInProject> {
  const match = /^(.*)\/keys\/([^/]+)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new RpcError(RpcCode.INVALID_ARGUMENT, `Invalid key name '${name}'.`);
  const project = await requireKeyParent(deps, context, { parent: match[1], permission });
  const record = await deps.store.apiKeys.get(project.projectId, match[2]);
  if (record === undefined || isGone(record, deps.clock.nowMs()))
    throw new RpcError(RpcCode.NOT_FOUND, 'Requested entity was not found.');
  return { record, project };
}

function isGone({ deletedAtMs }: ApiKeyRecord, nowMs: number): boolean {
  return deletedAtMs !== undefined && deletedAtMs + keyRetentionMs <= nowMs;
}
