import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import type { Store } from '../../store/store.ts';

/** How long a deleted service can be undeleted. */
const retentionMs = 30 * 24 * 60 * 60 * 1000;
const purgeBatch = 100;

/** Whether a deleted service has waited long enough to go for good. */
export function isPurgeable(record: ManagedServiceRecord, nowMs: number): boolean {
  return record.deletedAtMs !== undefined && record.deletedAtMs < nowMs - retentionMs;
}

/** Removes a service with all that hangs on it: configs, rollouts, activations, its policy and those of its consumers. Call it in a transaction. */
export async function purgeService(tx: Store, serviceName: string): Promise<void> {
  await tx.iamPolicies.deleteTree(`services/${serviceName}`);
  for (const { projectId } of await tx.enabledServices.listByService(serviceName))
    await tx.enabledServices.disable(projectId, serviceName);
  await tx.managedServices.purge(serviceName);
}

/** Removes a batch of the services that were deleted 30 days ago; returns how many. For the server's housekeeping. */
export function purgeDeletedServices(store: Store, nowMs: number): Promise<number> {
  return store.transaction(async (tx) => {
    const names = await tx.managedServices.listDeleted(nowMs - retentionMs, purgeBatch);
    for (const name of names) await purgeService(tx, name);
    return names.length;
  });
}
