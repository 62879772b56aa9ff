import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  ListRolesResponseSchema,
  QueryGrantableRolesResponseSchema,
  RoleSchema,
  RoleView,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type {
  ListRolesRequest,
  ListRolesResponse,
  QueryGrantableRolesResponse,
  Role,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { roles } from './roles.ts';

/** The predefined roles; projects and organizations have none of their own. One page holds them all. */
export function listRoles({ parent, view }: ListRolesRequest): ListRolesResponse {
  if (parent !== '') return create(ListRolesResponseSchema);
  return create(ListRolesResponseSchema, {
    roles: Object.keys(roles).map((name) => toRole(name, view === RoleView.FULL)),
  });
}

/** One predefined role with its permissions. NOT_FOUND. */
export function getRole(name: string): Role {
  if (!Object.hasOwn(roles, name))
    throw new RpcError(RpcCode.NOT_FOUND, `The role named ${name} was not found.`);
  return toRole(name, true);
}

/** Every predefined role can be granted on every resource that carries a policy. */
export function queryGrantableRoles(): QueryGrantableRolesResponse {
  return create(QueryGrantableRolesResponseSchema, {
    roles: Object.keys(roles).map((name) => toRole(name, false)),
  });
}

function toRole(name: string, withPermissions: boolean): Role {
  const definition = roles[name];
  return create(RoleSchema, {
    name,
    title: definition?.title ?? '',
    description: definition?.description ?? '',
    includedPermissions: withPermissions ? [...(definition?.permissions ?? [])] : [],
  });
}
