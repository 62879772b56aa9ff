import { IAMPolicy } from '../../gen/google/iam/v1/iam_policy_pb.ts';
import { implement } from '../rpc/service.ts';
import type { ServiceImplementation } from '../rpc/service.ts';
import { getIamPolicy, setIamPolicy, testIamPermissions } from './policies.ts';
import type { PolicyDependencies } from './policies.ts';

/** google.iam.v1.IAMPolicy: one implementation for the policies of all resources. */
export function createPolicyService(deps: PolicyDependencies): ServiceImplementation {
  return implement(IAMPolicy, {
    getIamPolicy: (request, context) => getIamPolicy(deps, request, context),
    setIamPolicy: (request, context) => setIamPolicy(deps, request, context),
    testIamPermissions: (request, context) => testIamPermissions(deps, request, context),
  });
}
