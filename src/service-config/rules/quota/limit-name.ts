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
        const hint =
          limit.name === '' ? 'Give the limit a name.' : `Write ${limit.name.replace(/[^A-Za-z0-9-]/g, '-')}`;
        report.error({ message, hint, on: limit });
      }
      if (Buffer.byteLength(limit.name) > maxNameBytes) {
        const message = `Invalid quota limit name '${limit.name}'. Quota limit name must not be over ${maxNameBytes} bytes long.`;
        report.error({ message, hint: 'Shorten it.', on: limit });
      }
    }
  },
};
