import type { ServiceRule } from '../service-rule.ts';

const billing = 'serviceusage.googleapis.com/billing-enabled';
const termsPrefix = 'serviceusage.googleapis.com/tos/';

/** What a consumer has to fulfil before it may use the service. */
export const usageRequirementRule: ServiceRule = {
  name: 'usage-requirement',
  location: 'unknown location',
  check(service, report) {
    for (const requirement of service.usage?.requirements ?? []) {
      if (requirement === billing || requirement.startsWith(termsPrefix)) continue;
      report.warning({ message: `Unsupported usage requirement: ${requirement}`, on: service.usage });
    }
  },
};
