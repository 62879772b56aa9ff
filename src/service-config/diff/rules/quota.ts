import type { QuotaLimit } from '../../../gen/google/api/quota_pb.ts';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath, mapValuePath } from '../element-path.ts';
import type { ServiceView } from '../service-view.ts';
import { inEachPair, pairRulePath } from '../step.ts';
import type { CallerRule, OperationPair } from '../step.ts';

/** How many calls a consumer may make: limits, and what an operation costs of them. */
export const quotaRule: CallerRule = (step) => [
  ...compareLimits(step.old, step.next),
  ...inEachPair(step, (pair) => compareCosts(pair, step.next)),
];

/** The only tier that there is. Source: google.api.QuotaLimit.values. */
const tier = 'STANDARD';
const unlimited = -1n;

function compareLimits(old: ServiceView, next: ServiceView): CallerChange[] {
  const before = limitsByName(old);
  const after = limitsByName(next);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    compareLimit(before.get(name), after.get(name)),
  );
}

function limitsByName({ service }: ServiceView): Map<string, QuotaLimit> {
  return new Map((service.quota?.limits ?? []).map((limit) => [limit.name, limit]));
}

function compareLimit(old: QuotaLimit | undefined, next: QuotaLimit | undefined): CallerChange[] {
  if (old === undefined || next === undefined) return limitCameOrWent(old, next);
  const path = limitPath(next);
  const changes: CallerChange[] = [];
  if (old.metric !== next.metric)
    changes.push({
      severity: 'notice',
      rule: 'quota-metric-changed',
      element: fieldPath(path, 'metric'),
      message: `Quota limit ${next.name} now limits ${next.metric} instead of ${old.metric}.`,
    });
  if (old.unit !== next.unit)
    changes.push({
      severity: 'notice',
      rule: 'quota-unit-changed',
      element: fieldPath(path, 'unit'),
      message: `Quota limit ${next.name} is now counted ${next.unit} instead of ${old.unit}.`,
    });
  const [from, to] = [valueOf(old), valueOf(next)];
  if (from === to) return changes;
  const isLower = isBelow(to, from);
  changes.push({
    severity: isLower ? 'breaking' : 'notice',
    rule: isLower ? 'quota-limit-lowered' : 'quota-limit-raised',
    element: mapValuePath(fieldPath(path, 'values'), tier),
    message: `Quota limit ${next.name} on ${next.metric} was ${isLower ? 'lowered' : 'raised'} from ${show(from)} to ${show(to)} (${next.unit}).`,
  });
  return changes;
}

function limitCameOrWent(old: QuotaLimit | undefined, next: QuotaLimit | undefined): CallerChange[] {
  if (next !== undefined) {
    const message = `${next.metric} is now limited to ${show(valueOf(next))} (${next.unit}) by quota limit ${next.name}.`;
    return [{ severity: 'breaking', rule: 'quota-limit-added', element: limitPath(next), message }];
  }
  if (old === undefined) return [];
  const message = `${old.metric} is no longer limited by quota limit ${old.name}.`;
  return [{ severity: 'notice', rule: 'quota-limit-removed', element: limitPath(old), message }];
}

function compareCosts(pair: OperationPair, next: ServiceView): CallerChange[] {
  const [before, after] = [pair.old.costs?.metricCosts ?? {}, pair.next.costs?.metricCosts ?? {}];
  const rule = pairRulePath('quota.metric_rules', pair, [pair.old.costs, pair.next.costs]);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((metric) => {
    const [from, to] = [before[metric] ?? 0n, after[metric] ?? 0n];
    if (from === to) return [];
    const isLimited = (next.service.quota?.limits ?? []).some((limit) => limit.metric === metric);
    return [
      {
        severity: to > from && isLimited ? 'breaking' : 'notice',
        rule: to > from ? 'quota-cost-raised' : 'quota-cost-lowered',
        element: mapValuePath(fieldPath(rule, 'metric_costs'), metric),
        message: `${pair.label} now costs ${to} of ${metric} instead of ${from}.`,
      },
    ];
  });
}

function limitPath({ name }: QuotaLimit): string {
  return keyedPath('quota.limits', 'name', name);
}

/** Older configs give the limit in a field of its own. */
function valueOf(limit: QuotaLimit): bigint {
  return limit.values[tier] ?? limit.defaultLimit;
}

function isBelow(value: bigint, other: bigint): boolean {
  if (value === unlimited) return false;
  return other === unlimited || value < other;
}

function show(value: bigint): string {
  return value === unlimited ? 'no limit' : value.toString();
}
