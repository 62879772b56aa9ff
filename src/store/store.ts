import type { Closeable } from '../core/lifecycle.ts';
import type { AccessTokenStore } from './access-tokens.ts';
import type { ApiKeyStore } from './api-keys.ts';
import type { EnabledServiceStore } from './enabled-services.ts';
import type { IamPolicyStore } from './iam-policies.ts';
import type { LogStore } from './logs.ts';
import type { ManagedServiceStore } from './managed-services.ts';
import type { OperationStore } from './operations.ts';
import type { ProjectStore } from './projects.ts';
import type { QuotaStore } from './quota.ts';
import type { RolloutStore } from './rollouts.ts';
import type { ServiceAccountKeyStore } from './service-account-keys.ts';
import type { ServiceAccountStore } from './service-accounts.ts';
import type { ServiceConfigStore } from './service-configs.ts';
import type { SettingStore } from './settings.ts';
import type { UsageStore } from './usage.ts';

/** The aggregates; one interface file each. */
export interface Aggregates {
  readonly accessTokens: AccessTokenStore;
  readonly apiKeys: ApiKeyStore;
  readonly enabledServices: EnabledServiceStore;
  readonly iamPolicies: IamPolicyStore;
  readonly logs: LogStore;
  readonly managedServices: ManagedServiceStore;
  readonly operations: OperationStore;
  readonly projects: ProjectStore;
  readonly quota: QuotaStore;
  readonly rollouts: RolloutStore;
  readonly serviceAccountKeys: ServiceAccountKeyStore;
  readonly serviceAccounts: ServiceAccountStore;
  readonly serviceConfigs: ServiceConfigStore;
  readonly settings: SettingStore;
  readonly usage: UsageStore;
}

/**
 * The state of the control plane. A write has reached the disk when its promise resolves.
 * See docs/design/store.md for how to add an aggregate.
 */
export interface Store extends Aggregates, Closeable {
  /**
   * Runs `work` in one transaction: all of its writes or none. Inside, use `tx` only (a call on the outer store
   * throws a TypeError) and wait for nothing but `tx`; a nested `tx.transaction` joins. A throw rolls back.
   */
  transaction<T>(work: (tx: Store) => Promise<T>): Promise<T>;
}
