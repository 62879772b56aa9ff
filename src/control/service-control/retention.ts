import type { Clock, Timer } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import type { Store } from '../../store/store.ts';
import type { Logger } from '../../telemetry/logger.ts';

/** How long what was reported is kept. */
export interface RetentionOptions {
  /** Log entries. Default 30 days, as Cloud Logging. */
  readonly logsMs?: number;
  /** Log entries of all services together. Default one million. */
  readonly maxLogEntries?: number;
  /** Minute roll-ups. Default 6 weeks, as Cloud Monitoring. */
  readonly minutesMs?: number;
  /** Hour roll-ups. Default 2 years. */
  readonly hoursMs?: number;
  /** Operation ids that a repeated report is known by. Default 1 day. */
  readonly claimsMs?: number;
}

const dayMs = 24 * 3_600_000;
const defaults: Required<RetentionOptions> = {
  logsMs: 30 * dayMs,
  maxLogEntries: 1_000_000,
  minutesMs: 42 * dayMs,
  hoursMs: 730 * dayMs,
  claimsMs: dayMs,
};
const intervalMs = 600_000;
/** The longest quota window is a day. */
const quotaCountersMs = 2 * dayMs;

/** Forgets what is past its time, every ten minutes. A failure is logged and tried again. */
export function startRetention(
  store: Pick<Store, 'logs' | 'usage' | 'quota'>,
  deps: { readonly clock: Clock; readonly logger: Logger },
  options: RetentionOptions = {},
): Closeable {
  const keep = { ...defaults, ...options };
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;
  const prune = async (): Promise<void> => {
    const nowMs = deps.clock.nowMs();
    try {
      const logs = await store.logs.prune(nowMs - keep.logsMs, keep.maxLogEntries);
      const usage = await store.usage.prune({
        minutesMs: nowMs - keep.minutesMs,
        hoursMs: nowMs - keep.hoursMs,
        claimsMs: nowMs - keep.claimsMs,
      });
      const counters = await store.quota.pruneCounters(nowMs - quotaCountersMs);
      deps.logger.debug({ logs, usage, counters }, 'old usage forgotten');
    } catch (error) {
      deps.logger.warn({ problem: errorMessage(error) }, 'old usage not forgotten');
    }
  };
  const arm = (): void => {
    if (isClosed) return;
    timer = deps.clock.setTimer(intervalMs, () => {
      running = prune().finally(arm);
    });
  };
  arm();
  return {
    async close() {
      isClosed = true;
      timer?.cancel();
      await running;
    },
  };
}
