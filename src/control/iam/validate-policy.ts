import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { PolicySchema } from '../../gen/google/iam/v1/policy_pb.ts';
import type { Policy } from '../../gen/google/iam/v1/policy_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { roles } from './roles.ts';

/** Source: IAM's quotas. */
const maxMembers = 1500;
const memberPattern =
  /^(user|serviceAccount|group):[^\s@:]+@[^\s@:]+$|^domain:[^\s@:]+$|^deleted:\w+:[^\s?]+\?uid=\d+$/;

/**
 * The policy as it is kept: bindings with known roles and well-formed members, one per role, none empty; without etag.
 * Throws INVALID_ARGUMENT for the others. Differs from Google's IAM: conditions and audit configs are refused, for
 * nothing would heed them.
 */
export function validatePolicy(policy: Policy): Policy {
  if (policy.auditConfigs.length > 0) throw invalid('Audit configs are not supported.');
  const members = new Map<string, Set<string>>();
  for (const binding of policy.bindings) {
    if (!Object.hasOwn(roles, binding.role))
      throw invalid(`Role ${binding.role} is not supported for this resource.`);
    if (binding.condition !== undefined) throw invalid('Conditions in bindings are not supported.');
    const held = members.get(binding.role) ?? new Set();
    members.set(binding.role, held);
    for (const member of binding.members) held.add(validateMember(member, binding.role));
  }
  const bindings = [...members].flatMap(([role, held]) =>
    held.size === 0 ? [] : [{ role, members: [...held] }],
  );
  if (bindings.reduce((sum, each) => sum + each.members.length, 0) > maxMembers)
    throw invalid(`The policy has more than ${maxMembers} members.`);
  return create(PolicySchema, { version: 1, bindings });
}

/** Everyone would include whoever finds the port, on resources that are about who may spend a project's quota. */
function validateMember(member: string, role: string): string {
  if (member === 'allUsers' || member === 'allAuthenticatedUsers')
    throw invalid(`Member '${member}' is not allowed in role '${role}'.`);
  if (!memberPattern.test(member))
    throw invalid(`Invalid member '${member}': use user:, serviceAccount:, group: or domain: and a name.`);
  return member;
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
