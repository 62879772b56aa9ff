import { randomInt } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { Empty } from '@bufbuild/protobuf/wkt';
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import type { Clock } from '../../core/clock.ts';
import { RpcCode } from '../../core/status.ts';
import {
  ListServiceAccountsResponseSchema,
  ServiceAccountSchema,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type {
  CreateServiceAccountRequest,
  ListServiceAccountsRequest,
  ListServiceAccountsResponse,
  PatchServiceAccountRequest,
  ServiceAccount,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer } from '../authorizer.ts';
import { requireProject } from '../projects/project-access.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { requireAccount } from './account-access.ts';
import { formatIamResource } from './resource-name.ts';
import { formatRevisionEtag, parseRevisionEtag } from './revision-etag.ts';

/** What the service account methods work with. */
export interface AccountDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
}

/** Source: IAM's quotas. */
const maxAccountsPerProject = 100;
const limits: PageLimits = { kind: 'serviceAccounts', defaultSize: 20, maxSize: 100 };
/** Source: IAM, field `account_id`. */
const accountIdPattern = /^(?=.{6,30}$)[a-z]([-a-z0-9]*[a-z0-9])$/;
const maxDisplayNameBytes = 100;
const maxDescriptionBytes = 256;

/** Creates `ID@PROJECT.iam.gserviceaccount.com`. INVALID_ARGUMENT, ALREADY_EXISTS, RESOURCE_EXHAUSTED. */
export async function createAccount(
  deps: AccountDependencies,
  request: CreateServiceAccountRequest,
  context: CallContext,
): Promise<ServiceAccount> {
  const { accountId, serviceAccount } = request;
  const access = { project: projectOf(request.name), permission: 'iam.serviceAccounts.create' };
  const { projectId } = await requireProject(deps, context, access);
  if (!accountIdPattern.test(accountId))
    throw invalid(
      `Invalid account id '${accountId}': 6 to 30 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen.`,
    );
  const record: ServiceAccountRecord = {
    uniqueId: `1${Array.from({ length: 20 }, () => randomInt(10)).join('')}`,
    projectId,
    email: `${accountId}@${projectId}.iam.gserviceaccount.com`,
    ...validateTexts(serviceAccount?.displayName ?? '', serviceAccount?.description ?? ''),
    disabled: false,
    createdAtMs: deps.clock.nowMs(),
    revision: 1,
  };
  return deps.store.transaction(async (tx) => {
    if ((await tx.serviceAccounts.count(projectId)) >= maxAccountsPerProject)
      throw new RpcError(
        RpcCode.RESOURCE_EXHAUSTED,
        `Project ${projectId} has ${maxAccountsPerProject} service accounts, which is the limit.`,
      );
    if (!(await tx.serviceAccounts.insert(record)))
      throw new RpcError(
        RpcCode.ALREADY_EXISTS,
        `Service account ${accountId} already exists within project projects/${projectId}.`,
      );
    return toServiceAccount(record);
  });
}

/** The accounts of a project, by email. */
export async function listAccounts(
  deps: AccountDependencies,
  request: ListServiceAccountsRequest,
  context: CallContext,
): Promise<ListServiceAccountsResponse> {
  const access = { project: projectOf(request.name), permission: 'iam.serviceAccounts.list' };
  const { projectId } = await requireProject(deps, context, access);
  const page = await deps.store.serviceAccounts.list(projectId, parsePageRequest(request, limits));
  return create(ListServiceAccountsResponseSchema, {
    accounts: page.records.map(toServiceAccount),
    nextPageToken: formatPageToken(page.next, limits),
  });
}

/** Changes display name and description, those that the mask names. ABORTED on a stale etag. */
export async function patchAccount(
  deps: AccountDependencies,
  { serviceAccount = create(ServiceAccountSchema), updateMask }: PatchServiceAccountRequest,
  context: CallContext,
): Promise<ServiceAccount> {
  const paths = updateMask?.paths ?? [];
  const unknown = paths.find((path) => path !== 'display_name' && path !== 'description');
  if (unknown !== undefined || paths.length === 0)
    throw invalid('update_mask must name display_name, description or both.');
  const access = { name: serviceAccount.name, permission: 'iam.serviceAccounts.update' };
  const record = await requireAccount(deps, context, access);
  const texts = validateTexts(
    paths.includes('display_name') ? serviceAccount.displayName : record.displayName,
    paths.includes('description') ? serviceAccount.description : record.description,
  );
  const { etag } = serviceAccount;
  const isStale = etag.length > 0 && parseRevisionEtag(etag) !== record.revision;
  const updated = { ...record, ...texts, revision: record.revision + 1 };
  if (isStale || !(await deps.store.serviceAccounts.update(updated))) throw concurrent();
  return toServiceAccount(updated);
}

/** Disables or enables an account; its keys and tokens follow at once. */
export async function setAccountDisabled(
  deps: AccountDependencies,
  name: string,
  context: CallContext,
  disabled: boolean,
): Promise<Empty> {
  const permission = `iam.serviceAccounts.${disabled ? 'disable' : 'enable'}`;
  const record = await requireAccount(deps, context, { name, permission });
  const updated = { ...record, disabled, revision: record.revision + 1 };
  if (record.disabled !== disabled && !(await deps.store.serviceAccounts.update(updated))) throw concurrent();
  return create(EmptySchema);
}

/**
 * Deletes an account. Policies remember it by its unique id, and so does its own: a later account of the same name
 * neither gets its roles nor lets in who might act for it.
 */
export async function deleteAccount(
  deps: AccountDependencies,
  name: string,
  context: CallContext,
): Promise<Empty> {
  const record = await requireAccount(deps, context, { name, permission: 'iam.serviceAccounts.delete' });
  const deleted = { ...record, deletedAtMs: deps.clock.nowMs(), revision: record.revision + 1 };
  await deps.store.transaction(async (tx) => {
    if (!(await tx.serviceAccounts.update(deleted))) throw concurrent();
    await tx.iamPolicies.replaceMember(liveMember(record), deletedMember(record));
    await tx.iamPolicies.rename(policyName(record), deletedPolicyName(record));
  });
  return create(EmptySchema);
}

/** Restores an account that was deleted, named by its unique id, unless its email is in use again. */
export async function undeleteAccount(
  deps: AccountDependencies,
  name: string,
  context: CallContext,
): Promise<ServiceAccount> {
  const access = { name, permission: 'iam.serviceAccounts.undelete', deleted: true };
  const record = await requireAccount(deps, context, access);
  if (record.deletedAtMs === undefined)
    throw new RpcError(RpcCode.FAILED_PRECONDITION, 'The service account is not deleted.');
  const { deletedAtMs: _, ...live } = { ...record, revision: record.revision + 1 };
  await deps.store.transaction(async (tx) => {
    if (!(await tx.serviceAccounts.update(live)))
      throw new RpcError(
        RpcCode.FAILED_PRECONDITION,
        `Another service account has the email ${record.email}.`,
      );
    await tx.iamPolicies.replaceMember(deletedMember(record), liveMember(record));
    await tx.iamPolicies.rename(deletedPolicyName(record), policyName(record));
  });
  return toServiceAccount(live);
}

/** A record as the API shows it. */
export function toServiceAccount(record: ServiceAccountRecord): ServiceAccount {
  return create(ServiceAccountSchema, {
    name: `projects/${record.projectId}/serviceAccounts/${record.email}`,
    projectId: record.projectId,
    uniqueId: record.uniqueId,
    email: record.email,
    displayName: record.displayName,
    description: record.description,
    oauth2ClientId: record.uniqueId,
    disabled: record.disabled,
    etag: formatRevisionEtag(record.revision),
  });
}

function liveMember({ email }: ServiceAccountRecord): string {
  return `serviceAccount:${email}`;
}

function deletedMember({ email, uniqueId }: ServiceAccountRecord): string {
  return `deleted:serviceAccount:${email}?uid=${uniqueId}`;
}

function policyName({ projectId, email }: ServiceAccountRecord): string {
  return formatIamResource({ kind: 'serviceAccount', projectId, email });
}

/** No resource has this form, so nobody can name the policy. */
function deletedPolicyName(record: ServiceAccountRecord): string {
  return `deleted:${policyName(record)}?uid=${record.uniqueId}`;
}

function projectOf(name: string): string {
  const project = /^projects\/([^/]+)$/.exec(name)?.[1];
  if (project === undefined) throw invalid(`Invalid project name '${name}'.`);
  return project;
}

function validateTexts(
  displayName: string,
  description: string,
): Pick<ServiceAccountRecord, 'displayName' | 'description'> {
  if (Buffer.byteLength(displayName) > maxDisplayNameBytes)
    throw invalid(`The display name is longer than ${maxDisplayNameBytes} bytes.`);
  if (Buffer.byteLength(description) > maxDescriptionBytes)
    throw invalid(`The description is longer than ${maxDescriptionBytes} bytes.`);
  return { displayName, description };
}

function concurrent(): RpcError {
  return new RpcError(
    RpcCode.ABORTED,
    'The service account was changed at the same time. Read it again and retry.',
  );
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
