import { create } from '@bufbuild/protobuf';
import {
  IAM,
  PatchServiceAccountRequestSchema,
  UndeleteServiceAccountResponseSchema,
} from '../../gen/google/iam/admin/v1/iam_pb.ts';
import { implement } from '../rpc/service.ts';
import type { ServiceImplementation } from '../rpc/service.ts';
import { requireAccount } from './account-access.ts';
import {
  createAccountKey,
  deleteAccountKey,
  getAccountKey,
  listAccountKeys,
  setAccountKeyDisabled,
  uploadAccountKey,
} from './account-keys.ts';
import {
  createAccount,
  deleteAccount,
  listAccounts,
  patchAccount,
  setAccountDisabled,
  toServiceAccount,
  undeleteAccount,
} from './accounts.ts';
import type { AccountDependencies } from './accounts.ts';
import { getIamPolicy, setIamPolicy, testIamPermissions } from './policies.ts';
import { getRole, listRoles, queryGrantableRoles } from './role-methods.ts';

/** google.iam.admin.v1.IAM: service accounts, their keys and policies, and the predefined roles. */
export function createIamService(deps: AccountDependencies): ServiceImplementation {
  return implement(IAM, {
    createServiceAccount: (request, context) => createAccount(deps, request, context),
    getServiceAccount: async ({ name }, context) =>
      toServiceAccount(await requireAccount(deps, context, { name, permission: 'iam.serviceAccounts.get' })),
    listServiceAccounts: (request, context) => listAccounts(deps, request, context),
    patchServiceAccount: (request, context) => patchAccount(deps, request, context),
    // The method from before field masks sets both fields.
    updateServiceAccount: (serviceAccount, context) => {
      const updateMask = { paths: ['display_name', 'description'] };
      return patchAccount(
        deps,
        create(PatchServiceAccountRequestSchema, { serviceAccount, updateMask }),
        context,
      );
    },
    deleteServiceAccount: ({ name }, context) => deleteAccount(deps, name, context),
    undeleteServiceAccount: async ({ name }, context) =>
      create(UndeleteServiceAccountResponseSchema, {
        restoredAccount: await undeleteAccount(deps, name, context),
      }),
    enableServiceAccount: ({ name }, context) => setAccountDisabled(deps, name, context, false),
    disableServiceAccount: ({ name }, context) => setAccountDisabled(deps, name, context, true),
    createServiceAccountKey: (request, context) => createAccountKey(deps, request, context),
    uploadServiceAccountKey: (request, context) => uploadAccountKey(deps, request, context),
    listServiceAccountKeys: (request, context) => listAccountKeys(deps, request, context),
    getServiceAccountKey: (request, context) => getAccountKey(deps, request, context),
    deleteServiceAccountKey: ({ name }, context) => deleteAccountKey(deps, name, context),
    enableServiceAccountKey: ({ name }, context) => setAccountKeyDisabled(deps, name, context, false),
    disableServiceAccountKey: ({ name }, context) => setAccountKeyDisabled(deps, name, context, true),
    getIamPolicy: (request, context) => getIamPolicy(deps, request, context),
    setIamPolicy: (request, context) => setIamPolicy(deps, request, context),
    testIamPermissions: (request, context) => testIamPermissions(deps, request, context),
    listRoles: (request) => Promise.resolve(listRoles(request)),
    getRole: async ({ name }) => getRole(name),
    queryGrantableRoles: () => Promise.resolve(queryGrantableRoles()),
  });
}
