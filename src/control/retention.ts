import type { Clock, Timer } from '../core/clock.ts';
import type { Closeable } from '../core/lifecycle.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { purgeDeletedServices } from './service-management/purge-services.ts';
import { keyRetentionMs } from './api-keys/key-access.ts';

/** Between two sweeps; what they remove is counted in days. */
const sweepIntervalMs = 3_600_000;
/** How long a finished operation can be read. */
const operationRetentionMs = 30 * 24 * 3_600_000;

/** Removes what has outlived its time. Returns how many records went, by kind. */
export type Sweep = (store: Store, nowMs: number) => Promise<Readonly<Record<string, number>>>;

/** API keys and services that were deleted too long ago to undelete, and old operations. */
export const sweepCore: Sweep = (store, nowMs) =>
  store.transaction(async (tx) => ({
    apiKeys: await tx.apiKeys.purge(nowMs - keyRetentionMs),
    services: await purgeDeletedServices(tx, nowMs),
    operations: await tx.operations.prune(nowMs - operationRetentionMs),
  }));

/** Sweeps now and then every hour until closed. A failure is logged and tried again with the next sweep. */
export function startRetention(
  deps: { readonly store: Store; readonly clock: Clock; readonly logger: Logger },
  sweeps: readonly Sweep[],
): Closeable {
  let timer: Timer | undefined;
  let isClosed = false;
  let running: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    for (const sweep of sweeps) {
      try {
        const removed = await sweep(deps.store, deps.clock.nowMs());
        if (Object.values(removed).some((count) => count > 0))
          deps.logger.info({ removed }, 'expired records removed');
      } catch (error) {
        deps.logger.error({ error }, 'expired records could not be removed');
      }
    }
    if (!isClosed) timer = deps.clock.setTimer(sweepIntervalMs, start);
  };
  const start = (): void => {
    running = run();
  };
  start();
  return {
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
    },
  };
}
