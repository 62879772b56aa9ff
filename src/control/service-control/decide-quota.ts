import type { EffectiveLimit } from './quota-limits.ts';

/** How much is asked for and what happens if there is not enough. Source: QuotaOperation.QuotaMode. */
export type QuotaMode = 'NORMAL' | 'BEST_EFFORT' | 'CHECK_ONLY' | 'QUERY_ONLY' | 'ADJUST_ONLY';

/** A limit with what has been spent in its current window. */
export interface LimitState {
  readonly limit: EffectiveLimit;
  readonly spent: number;
}

export interface QuotaDecision {
  /** Amount to add per metric; nothing where it is zero. */
  readonly spend: ReadonlyMap<string, number>;
  /** Limits that do not have what was asked for. */
  readonly exceeded: readonly EffectiveLimit[];
  /** Whether the exceeded limits are an error for the caller. */
  readonly isDenied: boolean;
}

/**
 * NORMAL takes all or nothing. BEST_EFFORT takes what is left and says no all the same, so that a proxy which asks after
 * the fact stops letting requests pass. CHECK_ONLY takes nothing. QUERY_ONLY neither takes nor judges. ADJUST_ONLY takes
 * everything, beyond the limit too, and never fails; negative amounts give back.
 */
export function decideQuota(
  mode: QuotaMode,
  costs: ReadonlyMap<string, number>,
  states: readonly LimitState[],
): QuotaDecision {
  const exceeded = states
    .filter((state) => (costs.get(state.limit.metric) ?? 0) > availableOf(state))
    .map(({ limit }) => limit);
  switch (mode) {
    case 'NORMAL':
      return { spend: exceeded.length === 0 ? costs : new Map(), exceeded, isDenied: exceeded.length > 0 };
    case 'BEST_EFFORT':
      return { spend: clip(costs, states), exceeded, isDenied: exceeded.length > 0 };
    case 'CHECK_ONLY':
      return { spend: new Map(), exceeded, isDenied: exceeded.length > 0 };
    case 'QUERY_ONLY':
      return { spend: new Map(), exceeded: [], isDenied: false };
    case 'ADJUST_ONLY':
      return { spend: costs, exceeded, isDenied: false };
  }
  return mode satisfies never;
}

function availableOf({ limit, spent }: LimitState): number {
  return limit.limit === undefined ? Infinity : Math.max(0, Number(limit.limit) - spent);
}

/** Each cost, or what the tightest limit of its metric has left. */
function clip(costs: ReadonlyMap<string, number>, states: readonly LimitState[]): Map<string, number> {
  const clipped = new Map<string, number>();
  for (const [metric, cost] of costs) {
    const available = states
      .filter(({ limit }) => limit.metric === metric)
      .reduce((least, state) => Math.min(least, availableOf(state)), Infinity);
    clipped.set(metric, Math.min(cost, available));
  }
  return clipped;
}
