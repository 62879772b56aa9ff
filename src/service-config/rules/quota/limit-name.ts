import type { ServiceRule } from '../service-rule.ts';

/** Longest name of a limit, in bytes of UTF-8. */
const maxNameBytes = 64;

/** Names of limits are letters, digits and `-`, and not too long. */
export const quotaLimitNameRule: ServiceRule = {
  name: 'quota-limit-name',
  location: 'toplevel',
  check(service, report) {
    for (const limit of service.quota?.limits ?? []) {
      if (!/^[A-Za-z0-9-]+$/.test(limit.name)) {
        const message = `Invalid quota limit name '${limit.name}'. Quota limit name can contain only alphanumeric characters plus '-'.`;
        report.error({ message, on: limit });
      }
      if (Buffer.byteLength(limit.name) > maxNameBytes) {
        const message = `Invalid quota limit name '${limit.name}'. Quota limit name must not be over ${maxNameBytes} bytes long.`;
        report.error({ message, on: limit });
      }
    }
  },
};
