import type { QuotaLimit } from '../../../gen/google/api/quota_pb.ts';
import type { ServiceRule } from '../service-rule.ts';

/** No two limits have one name. */
export const quotaLimitUniqueRule: ServiceRule = {
  name: 'quota-limit-unique',
  location: 'toplevel',
  check(service, report) {
    const byName = new Map<string, QuotaLimit[]>();
    for (const limit of service.quota?.limits ?? []) {
      const same = byName.get(limit.name);
      if (same === undefined) byName.set(limit.name, [limit]);
      else same.push(limit);
    }
    for (const [name, limits] of byName) {
      if (limits.length < 2) continue;
      report.error({
        message: `There are ${limits.length} quota limits with name '${name}'.`,
        on: limits[1],
      });
    }
  },
};
