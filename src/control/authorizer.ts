import type { CallContext } from './rpc/service.ts';

/** A resource that carries an IAM policy. Roles on a project hold for the services it produces and for its keys. */
export type IamResource =
  | { readonly kind: 'service'; readonly serviceName: string }
  | { readonly kind: 'project'; readonly projectId: string }
  /** An account and whoever may act for it. */
  | { readonly kind: 'serviceAccount'; readonly projectId: string; readonly email: string }
  /** One consumer of a service, under the policies of the service. */
  | { readonly kind: 'consumer'; readonly serviceName: string; readonly consumer: string };

/** IAM as handlers use it. */
export interface Authorizer {
  /** The subset of `permissions` that the caller holds on the resource, in the order asked. */
  grantedPermissions(
    context: CallContext,
    resource: IamResource,
    permissions: readonly string[],
  ): Promise<string[]>;
  /** Throws PERMISSION_DENIED with `message` (default: `Permission 'p' denied on service 'S'.`) unless held. */
  require(context: CallContext, resource: IamResource, permission: string, message?: string): Promise<void>;
}
