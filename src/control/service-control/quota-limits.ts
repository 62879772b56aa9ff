import type { Service } from '../../gen/google/api/service_pb.ts';
import type { QuotaOverrideRecord } from '../../store/quota.ts';

/** A limit as it holds for one consumer. */
export interface EffectiveLimit {
  readonly name: string;
  readonly metric: string;
  readonly unit: string;
  readonly windowMs: number;
  /** Undefined: no limit. */
  readonly limit: bigint | undefined;
}

/** Value of a limit that is none. Source: service-infrastructure §3.3. */
const unlimited = -1n;

const windowsMs: Readonly<Record<string, number>> = {
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Length of the window of a unit such as `1/min/{project}` or `1/{min}/{project}`; undefined for other units. */
export function windowOfUnit(unit: string): number | undefined {
  const match = /^1\/\{?(min|h|d)\}?\/\{project\}$/.exec(unit);
  return match?.[1] === undefined ? undefined : windowsMs[match[1]];
}

/**
 * The limits of a config for one consumer: the default is the STANDARD tier's value; a producer override replaces it; a
 * consumer override can only lower what results. Limits without a known window are left out: the compiler refuses them.
 */
export function effectiveLimits(
  config: Service | undefined,
  overrides: readonly QuotaOverrideRecord[],
): EffectiveLimit[] {
  const limits: EffectiveLimit[] = [];
  for (const { name, metric, unit, values, defaultLimit } of config?.quota?.limits ?? []) {
    const windowMs = windowOfUnit(unit);
    if (windowMs === undefined) continue;
    const find = (kind: QuotaOverrideRecord['kind']): bigint | undefined =>
      overrides.find((each) => each.kind === kind && each.metric === metric && isSameUnit(each.unit, unit))
        ?.value;
    const base = find('producer') ?? values['STANDARD'] ?? defaultLimit;
    limits.push({ name, metric, unit, windowMs, limit: lower(base, find('consumer')) });
  }
  return limits;
}

/** Braces around the time do not make another unit. */
function isSameUnit(a: string, b: string): boolean {
  return a === b || (windowOfUnit(a) !== undefined && windowOfUnit(a) === windowOfUnit(b));
}

function lower(base: bigint, override: bigint | undefined): bigint | undefined {
  const limits = [base, override].filter((value) => value !== undefined && value !== unlimited);
  return limits.length === 0 ? undefined : (limits as bigint[]).reduce((a, b) => (a < b ? a : b));
}
