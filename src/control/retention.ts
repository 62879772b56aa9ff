import type { Clock, Timer } from '../core/clock.ts';
import type { Closeable } from '../core/lifecycle.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import { purgeDeletedServices } from './service-management/purge-services.ts';
import { keyRetentionMs } from './api-keys/key-access.ts';

/** How long a finished operation can be read. */
const operationRetentionMs = 30 * 24 * 3_600_000;

/** Removes what has outlived its time, again and again. */
export interface Sweep {
  /** What it removes, for the log. */
  readonly what: string;
  readonly everyMs: number;
  /** Returns how many records went, by kind. */
  readonly remove: (store: Store, nowMs: number) => Promise<Readonly<Record<string, number>>>;
}

/** API keys and services that were deleted too long ago to undelete, and old operations; their time is counted in days. */
export const sweepCore: Sweep = {
  what: 'deleted resources and operations',
  everyMs: 3_600_000,
  remove: (store, nowMs) =>
    store.transaction(async (tx) => ({
      apiKeys: await tx.apiKeys.purge(nowMs - keyRetentionMs),
      services: await purgeDeletedServices(tx, nowMs),
      operations: await tx.operations.prune(nowMs - operationRetentionMs),
    })),
};

/** What the sweeps work with. */
export interface RetentionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sweeps now and then at each sweep's interval until closed. A failure is logged and tried again the next time. */
export function startRetention(deps: RetentionDependencies, sweeps: readonly Sweep[]): Closeable {
  const running = sweeps.map((sweep) => startSweep(deps, sweep));
  return {
    async close() {
      await Promise.all(running.map((sweep) => sweep.close()));
    },
  };
}

function startSweep({ store, clock, logger }: RetentionDependencies, sweep: Sweep): Closeable {
  const { what } = sweep;
  let timer: Timer | undefined;
  let isClosed = false;
  const run = async (): Promise<void> => {
    try {
      const removed = await sweep.remove(store, clock.nowMs());
      if (Object.values(removed).some((count) => count > 0))
        logger.info({ what, removed }, 'expired records removed');
    } catch (error) {
      logger.error({ what, error }, 'expired records could not be removed');
    }
    if (!isClosed)
      timer = clock.setTimer(sweep.everyMs, () => {
        running = run();
      });
  };
  let running = run();
  return {
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
    },
  };
}
