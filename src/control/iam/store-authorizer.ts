import { RpcCode } from '../../core/status.ts';
import type { Policy } from '../../gen/google/iam/v1/policy_pb.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer, IamResource } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { Caller } from '../rpc/service.ts';
import { formatIamResource } from './resource-name.ts';
import { roleGrants } from './roles.ts';

/**
 * IAM over the policies in the store. The owner holds every permission. Anyone else holds what the roles of the
 * resource's own policy and of those above it grant: a service stands under its producer project, a consumer under its
 * service, a service account under its project.
 */
export function createAuthorizer(store: Store): Authorizer {
  const granted: Authorizer['grantedPermissions'] = async (context, resource, permissions) => {
    if (context.caller.kind === 'owner') return [...permissions];
    const policies = await policiesOver(store, resource);
    const roles = rolesOf(context.caller, policies);
    return permissions.filter((permission) => roles.some((role) => roleGrants(role, permission)));
  };
  return {
    grantedPermissions: granted,
    async require(context, resource, permission, message = denied(resource, permission)) {
      const held = await granted(context, resource, [permission]);
      if (held.length === 0) throw new RpcError(RpcCode.PERMISSION_DENIED, message);
    },
  };
}

async function policiesOver(store: Store, resource: IamResource): Promise<readonly Policy[]> {
  const names = [formatIamResource(resource), ...(await namesAbove(store, resource))];
  const records = await Promise.all(names.map((name) => store.iamPolicies.get(name)));
  return records.flatMap((record) => (record === undefined ? [] : [record.policy]));
}

async function namesAbove(store: Store, resource: IamResource): Promise<string[]> {
  switch (resource.kind) {
    case 'project':
      return [];
    case 'serviceAccount':
      return [`projects/${resource.projectId}`];
    case 'consumer':
    case 'service': {
      const service = await store.managedServices.get(resource.serviceName);
      const above = service === undefined ? [] : [`projects/${service.producerProjectId}`];
      return resource.kind === 'service' ? above : [`services/${resource.serviceName}`, ...above];
    }
    default:
      return resource satisfies never;
  }
}

function rolesOf(caller: Caller, policies: readonly Policy[]): string[] {
  const members: ReadonlySet<string> = new Set(
    caller.kind === 'serviceAccount'
      ? [`serviceAccount:${caller.email}`, 'allAuthenticatedUsers', 'allUsers']
      : ['allUsers'],
  );
  return policies.flatMap(({ bindings }) =>
    bindings.filter((each) => each.members.some((member) => members.has(member))).map((each) => each.role),
  );
}

function denied(resource: IamResource, permission: string): string {
  switch (resource.kind) {
    case 'service':
    case 'consumer':
      return `Permission '${permission}' denied on service '${resource.serviceName}'.`;
    case 'project':
    case 'serviceAccount':
      return `Permission '${permission}' denied on resource '${formatIamResource(resource)}' (or it may not exist).`;
    default:
      return resource satisfies never;
  }
}
