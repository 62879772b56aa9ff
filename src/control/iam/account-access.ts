import { RpcCode } from '../../core/status.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';

/** What one call wants from one service account. */
export interface AccountAccess {
  /** `projects/{P or -}/serviceAccounts/{email or unique id}`. */
  readonly name: string;
  readonly permission: string;
  /** Look among the deleted ones too, which only their unique id finds. */
  readonly deleted?: boolean;
}

/**
 * The account, if it is there and the caller may. One that is missing is NOT_FOUND to whoever may look into the named
 * project, and PERMISSION_DENIED below the wildcard `-`.
 */
export async function requireAccount(
  deps: { readonly store: Store; readonly authorizer: Authorizer },
  context: CallContext,
  { name, permission, deleted = false }: AccountAccess,
): Promise<ServiceAccountRecord> {
  const { project, account } = parseAccountName(name);
  const denied = `Permission '${permission}' denied on resource (or it may not exist).`;
  const record = await findAccount(deps.store, account, deleted);
  const isThere = record !== undefined && (await isInProject(deps.store, record, project));
  if (isThere) {
    const { projectId, email } = record;
    await deps.authorizer.require(context, { kind: 'serviceAccount', projectId, email }, permission, denied);
    return record;
  }
  if (project === '-') throw new RpcError(RpcCode.PERMISSION_DENIED, denied);
  const projectId = (await deps.store.projects.get(project))?.projectId ?? project;
  await deps.authorizer.require(context, { kind: 'project', projectId }, permission, denied);
  throw new RpcError(RpcCode.NOT_FOUND, 'Unknown service account');
}

/** The parts of a name. Throws INVALID_ARGUMENT for another form. */
export function parseAccountName(name: string): { readonly project: string; readonly account: string } {
  const match = /^projects\/([^/]+)\/serviceAccounts\/([^/]+)$/.exec(name);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new RpcError(RpcCode.INVALID_ARGUMENT, `Invalid service account name '${name}'.`);
  return { project: match[1], account: match[2] };
}

async function findAccount(
  store: Store,
  account: string,
  deleted: boolean,
): Promise<ServiceAccountRecord | undefined> {
  const record = account.includes('@')
    ? await store.serviceAccounts.getByEmail(account)
    : await store.serviceAccounts.getByUniqueId(account);
  return record?.deletedAtMs === undefined || deleted ? record : undefined;
}

async function isInProject(store: Store, record: ServiceAccountRecord, project: string): Promise<boolean> {
  if (project === '-' || project === record.projectId) return true;
  return (await store.projects.get(project))?.projectId === record.projectId;
}
