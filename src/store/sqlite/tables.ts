import type { AccessTokenTables } from './access-tokens.ts';
import type { ApiKeyTables } from './api-keys.ts';
import type { EnabledServiceTables } from './enabled-services.ts';
import type { IamPolicyTables } from './iam-policies.ts';
import type { LogTables } from './logs.ts';
import type { ManagedServiceTables } from './managed-services.ts';
import type { OperationTables } from './operations.ts';
import type { ProjectTables } from './projects.ts';
import type { QuotaTables } from './quota.ts';
import type { RolloutTables } from './rollouts.ts';
import type { ServiceAccountKeyTables } from './service-account-keys.ts';
import type { ServiceAccountTables } from './service-accounts.ts';
import type { ServiceConfigTables } from './service-configs.ts';
import type { SettingTables } from './settings.ts';
import type { UsageTables } from './usage.ts';

/** Every table, from the aggregates that own them. */
export type Tables = AccessTokenTables &
  ApiKeyTables &
  EnabledServiceTables &
  IamPolicyTables &
  LogTables &
  ManagedServiceTables &
  OperationTables &
  ProjectTables &
  QuotaTables &
  RolloutTables &
  ServiceAccountKeyTables &
  ServiceAccountTables &
  ServiceConfigTables &
  SettingTables &
  UsageTables;
