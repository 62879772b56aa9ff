import type { Aggregates } from '../store.ts';
import { createAccessTokens } from './access-tokens.ts';
import { createApiKeys } from './api-keys.ts';
import { createEnabledServices } from './enabled-services.ts';
import { createIamPolicies } from './iam-policies.ts';
import { createLogs } from './logs.ts';
import { createManagedServices } from './managed-services.ts';
import { createOperations } from './operations.ts';
import { createProjects } from './projects.ts';
import { createQuota } from './quota.ts';
import { createRollouts } from './rollouts.ts';
import { createServiceAccountKeys } from './service-account-keys.ts';
import { createServiceAccounts } from './service-accounts.ts';
import { createServiceConfigs } from './service-configs.ts';
import { createSettings } from './settings.ts';
import type { SqliteContext } from './sqlite-context.ts';
import { createUsage } from './usage.ts';

/** All aggregates over one connection or transaction. */
export function createAggregates(context: SqliteContext): Aggregates {
  return {
    accessTokens: createAccessTokens(context),
    apiKeys: createApiKeys(context),
    enabledServices: createEnabledServices(context),
    iamPolicies: createIamPolicies(context),
    logs: createLogs(context),
    managedServices: createManagedServices(context),
    operations: createOperations(context),
    projects: createProjects(context),
    quota: createQuota(context),
    rollouts: createRollouts(context),
    serviceAccountKeys: createServiceAccountKeys(context),
    serviceAccounts: createServiceAccounts(context),
    serviceConfigs: createServiceConfigs(context),
    settings: createSettings(context),
    usage: createUsage(context),
  };
}
