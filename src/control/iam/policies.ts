import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { TestIamPermissionsResponseSchema } from '../../gen/google/iam/v1/iam_policy_pb.ts';
import type {
  GetIamPolicyRequest,
  SetIamPolicyRequest,
  TestIamPermissionsRequest,
  TestIamPermissionsResponse,
} from '../../gen/google/iam/v1/iam_policy_pb.ts';
import { PolicySchema } from '../../gen/google/iam/v1/policy_pb.ts';
import type { Policy } from '../../gen/google/iam/v1/policy_pb.ts';
import type { IamPolicyRecord } from '../../store/iam-policies.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer, IamResource } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { formatRevisionEtag, parseRevisionEtag } from './revision-etag.ts';
import { formatIamResource, parseIamResource } from './resource-name.ts';
import { validatePolicy } from './validate-policy.ts';

/** What the policy methods work with. */
export interface PolicyDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
}

/** A permission set that a request may test at once. Source: IAM's limits. */
const maxTestedPermissions = 100;

const permissionPrefixes: Readonly<Record<IamResource['kind'], string>> = {
  service: 'servicemanagement.services',
  consumer: 'servicemanagement.services',
  project: 'resourcemanager.projects',
  serviceAccount: 'iam.serviceAccounts',
};

/** The policy of any resource, with its etag; an empty one where none was set. */
export async function getIamPolicy(
  deps: PolicyDependencies,
  request: GetIamPolicyRequest,
  context: CallContext,
): Promise<Policy> {
  const resource = await requireResource(deps, context, request.resource, 'getIamPolicy');
  return withEtag(await deps.store.iamPolicies.get(formatIamResource(resource)));
}

/**
 * Sets a policy whole, or the fields of `update_mask`. With an etag only if nobody has set it since:
 * ABORTED otherwise. INVALID_ARGUMENT as {@link validatePolicy} says, and for a service account that does not exist.
 */
export async function setIamPolicy(
  deps: PolicyDependencies,
  request: SetIamPolicyRequest,
  context: CallContext,
): Promise<Policy> {
  const resource = await requireResource(deps, context, request.resource, 'setIamPolicy');
  const given = request.policy ?? create(PolicySchema);
  const policy = validatePolicy(given);
  const name = formatIamResource(resource);
  return deps.store.transaction(async (tx) => {
    await requireAccounts(tx, policy);
    const current = await tx.iamPolicies.get(name);
    const kept = setsBindings(request) ? policy : (current?.policy ?? create(PolicySchema));
    const expected = given.etag.length === 0 ? undefined : (parseRevisionEtag(given.etag) ?? -1);
    const revision = await tx.iamPolicies.put(name, kept, expected);
    if (revision === undefined)
      throw new RpcError(
        RpcCode.ABORTED,
        'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
      );
    return withEtag({ resource: name, policy: kept, revision });
  });
}

/** Which of the permissions the caller holds; none on a resource that does not exist. */
export async function testIamPermissions(
  deps: PolicyDependencies,
  request: TestIamPermissionsRequest,
  context: CallContext,
): Promise<TestIamPermissionsResponse> {
  if (request.permissions.length > maxTestedPermissions)
    throw new RpcError(
      RpcCode.INVALID_ARGUMENT,
      `At most ${maxTestedPermissions} permissions can be tested at once.`,
    );
  const resource = parseIamResource(request.resource);
  if (resource === undefined) throw unknownKind(request.resource);
  const resolved = await resolve(deps.store, resource);
  const permissions =
    resolved === undefined
      ? []
      : await deps.authorizer.grantedPermissions(context, resolved, [...new Set(request.permissions)]);
  return create(TestIamPermissionsResponseSchema, { permissions });
}

async function requireResource(
  deps: PolicyDependencies,
  context: CallContext,
  name: string,
  verb: 'getIamPolicy' | 'setIamPolicy',
): Promise<IamResource> {
  const resource = parseIamResource(name);
  if (resource === undefined) throw unknownKind(name);
  const permission = `${permissionPrefixes[resource.kind]}.${verb}`;
  const message =
    'serviceName' in resource
      ? `Service '${resource.serviceName}' not found or permission denied.`
      : undefined;
  const resolved = await resolve(deps.store, resource);
  // Asked even of what does not exist, so that both refusals read alike.
  await deps.authorizer.require(context, resolved ?? resource, permission, message);
  if (resolved !== undefined) return resolved;
  if (message !== undefined) throw new RpcError(RpcCode.PERMISSION_DENIED, message);
  throw new RpcError(RpcCode.NOT_FOUND, `Resource '${name}' was not found.`);
}

/** The resource under its canonical name; undefined when it does not exist. */
async function resolve(store: Store, resource: IamResource): Promise<IamResource | undefined> {
  switch (resource.kind) {
    case 'service':
    case 'consumer': {
      const service = await store.managedServices.get(resource.serviceName);
      return service?.deletedAtMs === undefined && service !== undefined ? resource : undefined;
    }
    case 'project': {
      const project = await store.projects.get(resource.projectId);
      return project && { kind: 'project', projectId: project.projectId };
    }
    case 'serviceAccount': {
      const account =
        (await store.serviceAccounts.getByEmail(resource.email)) ??
        (await store.serviceAccounts.getByUniqueId(resource.email));
      if (account === undefined || account.deletedAtMs !== undefined) return undefined;
      return { kind: 'serviceAccount', projectId: account.projectId, email: account.email };
    }
    default:
      return resource satisfies never;
  }
}

async function requireAccounts(store: Store, policy: Policy): Promise<void> {
  const prefix = 'serviceAccount:';
  const members = new Set(policy.bindings.flatMap((binding) => binding.members));
  for (const member of members) {
    if (!member.startsWith(prefix)) continue;
    const email = member.slice(prefix.length);
    if ((await store.serviceAccounts.getByEmail(email)) === undefined)
      throw new RpcError(RpcCode.INVALID_ARGUMENT, `Service account ${email} does not exist.`);
  }
}

function setsBindings({ updateMask }: SetIamPolicyRequest): boolean {
  return updateMask === undefined || updateMask.paths.length === 0 || updateMask.paths.includes('bindings');
}

function withEtag(record: IamPolicyRecord | undefined): Policy {
  const etag = formatRevisionEtag(record?.revision ?? 0);
  return record === undefined ? create(PolicySchema, { etag }) : { ...record.policy, etag };
}

function unknownKind(name: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, `Resource '${name}' does not carry an IAM policy.`);
}
