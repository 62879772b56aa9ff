import type { QuotaLimit } from '../../../gen/google/api/quota_pb.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';

const tier = 'STANDARD';
const unlimited = -1n;
/** Below this, Service Management refuses later changes of the limit. */
const lowestValue = 100n;

/** A limit has one value, for the tier STANDARD; it is not negative, save for -1, which is no limit. */
export const quotaLimitValuesRule: ServiceRule = {
  name: 'quota-limit-values',
  location: 'toplevel',
  check(service, report) {
    for (const limit of service.quota?.limits ?? []) {
      checkTiers(limit, report);
      checkValue(limit, report);
    }
  },
};

function checkTiers(limit: QuotaLimit, report: RuleReport): void {
  const tiers = Object.keys(limit.values);
  if (tiers.length === 1 && tiers[0] === tier) return;
  const message = `Limit '${limit.name}' has invalid tier value(s). Only '${tier}' is supported but found {${tiers.join(',')}}`;
  report.error({ message, hint: `Write values: {${tier}: 1000}`, on: limit });
}

function checkValue(limit: QuotaLimit, report: RuleReport): void {
  const value = Object.hasOwn(limit.values, tier) ? limit.values[tier] : undefined;
  if (value === undefined || value === unlimited) return;
  if (value < 0n) {
    const message = `Limit '${limit.name}' specifies a negative limit value that is not ${unlimited}.`;
    report.error({ message, hint: `Write ${unlimited} for no limit.`, on: limit });
  } else if (value < lowestValue) {
    const message = `Value ${tier} in limit ${limit.name} can't be set below ${lowestValue}.`;
    report.warning({
      message,
      hint: `Write ${lowestValue} or more, or ${unlimited} for no limit.`,
      on: limit,
    });
  }
}
