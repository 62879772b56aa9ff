import type { ServiceRule } from '../service-rule.ts';

const unit = '1/min/{project}';

/** Limits count per minute and consumer project. */
export const quotaLimitUnitRule: ServiceRule = {
  name: 'quota-limit-unit',
  location: 'toplevel',
  check(service, report) {
    for (const limit of service.quota?.limits ?? []) {
      if (limit.unit === unit) continue;
      const message = `Config specified QuotaLimit.Unit of '${limit.unit}' in QuotaLimit '${limit.name}', but QuotaLimit currently only supports the unit(s) '${unit}'`;
      report.error({ message, on: limit });
    }
  },
};
