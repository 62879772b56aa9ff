import type { Migration } from 'kysely/migration';
import { accessTokenMigrations } from './access-tokens.ts';
import { apiKeyMigrations } from './api-keys.ts';
import { enabledServiceMigrations } from './enabled-services.ts';
import { iamPolicyMigrations } from './iam-policies.ts';
import { logMigrations } from './logs.ts';
import { managedServiceMigrations } from './managed-services.ts';
import { operationMigrations } from './operations.ts';
import { projectMigrations } from './projects.ts';
import { quotaMigrations } from './quota.ts';
import { rolloutMigrations } from './rollouts.ts';
import { serviceAccountKeyMigrations } from './service-account-keys.ts';
import { serviceAccountMigrations } from './service-accounts.ts';
import { serviceConfigMigrations } from './service-configs.ts';
import { settingMigrations } from './settings.ts';
import { usageMigrations } from './usage.ts';

/** All migrations by name; they run in the order of their names. One that was released never changes. */
export const migrations: Readonly<Record<string, Migration>> = {
  ...accessTokenMigrations,
  ...apiKeyMigrations,
  ...enabledServiceMigrations,
  ...iamPolicyMigrations,
  ...logMigrations,
  ...managedServiceMigrations,
  ...operationMigrations,
  ...projectMigrations,
  ...quotaMigrations,
  ...rolloutMigrations,
  ...serviceAccountKeyMigrations,
  ...serviceAccountMigrations,
  ...serviceConfigMigrations,
  ...settingMigrations,
  ...usageMigrations,
};
