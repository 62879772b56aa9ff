import { serverCommand } from './run/server.ts';
import { upCommand } from './run/up/up.ts';
import { createKey } from './api-keys/create.ts';
import { deleteKey } from './api-keys/delete.ts';
import { describeKey } from './api-keys/describe.ts';
import { getKeyString } from './api-keys/get-key-string.ts';
import { listKeys } from './api-keys/list.ts';
import { lookupKey } from './api-keys/lookup.ts';
import { undeleteKey } from './api-keys/undelete.ts';
import { updateKey } from './api-keys/update.ts';
import type { CliCommand } from './command.ts';
import { compileCommand } from './config-tools/compile.ts';
import { convertCommand } from './config-tools/convert.ts';
import { diffCommand } from './config-tools/diff.ts';
import { lintCommand } from './config-tools/lint.ts';
import { getConfigValue } from './config/get-value.ts';
import { setConfig } from './config/set.ts';
import { describeConfig } from './endpoints/configs-describe.ts';
import { listConfigs } from './endpoints/configs-list.ts';
import { describeOperation } from './endpoints/operations-describe.ts';
import { listOperations } from './endpoints/operations-list.ts';
import { waitOperation } from './endpoints/operations-wait.ts';
import { addServiceBinding } from './endpoints/services-add-iam-policy-binding.ts';
import { checkServicePolicy } from './endpoints/services-check-iam-policy.ts';
import { deleteService } from './endpoints/services-delete.ts';
import { deployService } from './endpoints/services-deploy.ts';
import { describeService } from './endpoints/services-describe.ts';
import { getServicePolicy } from './endpoints/services-get-iam-policy.ts';
import { listServices } from './endpoints/services-list.ts';
import { removeServiceBinding } from './endpoints/services-remove-iam-policy-binding.ts';
import { undeleteService } from './endpoints/services-undelete.ts';
import { createAccountKey } from './iam/keys-create.ts';
import { deleteAccountKey } from './iam/keys-delete.ts';
import { listAccountKeys } from './iam/keys-list.ts';
import { createServiceAccount } from './iam/service-accounts-create.ts';
import { deleteServiceAccount } from './iam/service-accounts-delete.ts';
import { describeServiceAccount } from './iam/service-accounts-describe.ts';
import { listServiceAccounts } from './iam/service-accounts-list.ts';
import { addProjectBinding } from './projects/add-iam-policy-binding.ts';
import { createProject } from './projects/create.ts';
import { describeProject } from './projects/describe.ts';
import { getProjectPolicy } from './projects/get-iam-policy.ts';
import { listProjects } from './projects/list.ts';
import { removeProjectBinding } from './projects/remove-iam-policy-binding.ts';
import { disableService } from './services/disable.ts';
import { enableService } from './services/enable.ts';
import { listConsumedServices } from './services/list.ts';
import { describeServicesOperation } from './services/operations-describe.ts';
import { waitServicesOperation } from './services/operations-wait.ts';

/** Every command. A new one is one more line. */
export const commands: readonly CliCommand[] = [
  deployService,
  listServices,
  describeService,
  deleteService,
  undeleteService,
  getServicePolicy,
  checkServicePolicy,
  addServiceBinding,
  removeServiceBinding,
  listConfigs,
  describeConfig,
  listOperations,
  describeOperation,
  waitOperation,
  enableService,
  disableService,
  listConsumedServices,
  describeServicesOperation,
  waitServicesOperation,
  createKey,
  listKeys,
  describeKey,
  getKeyString,
  lookupKey,
  updateKey,
  deleteKey,
  undeleteKey,
  createServiceAccount,
  listServiceAccounts,
  describeServiceAccount,
  deleteServiceAccount,
  createAccountKey,
  listAccountKeys,
  deleteAccountKey,
  listProjects,
  createProject,
  describeProject,
  addProjectBinding,
  removeProjectBinding,
  getProjectPolicy,
  setConfig,
  getConfigValue,
  compileCommand,
  lintCommand,
  convertCommand,
  diffCommand,
  upCommand,
  serverCommand,
];
