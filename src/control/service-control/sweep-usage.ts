import type { Sweep } from '../retention.ts';

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
/** Minutes and log entries come fast. */
const intervalMs = 600_000;
/** The longest quota window is a day. */
const quotaCountersMs = 2 * dayMs;

/** Forgets reported usage, log entries and counters of quota that are past their time. */
export function sweepUsage(options: RetentionOptions = {}): Sweep {
  const keep = { ...defaults, ...options };
  return {
    what: 'usage',
    everyMs: intervalMs,
    remove: async ({ logs, usage, quota }, nowMs) => ({
      logs: await logs.prune(nowMs - keep.logsMs, keep.maxLogEntries),
      usage: await usage.prune({
        minutesMs: nowMs - keep.minutesMs,
        hoursMs: nowMs - keep.hoursMs,
        claimsMs: nowMs - keep.claimsMs,
      }),
      quotaCounters: await quota.pruneCounters(nowMs - quotaCountersMs),
    }),
  };
}
