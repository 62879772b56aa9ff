import type { ServiceRule } from '../service-rule.ts';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const dnsName = new RegExp(`^${label}(?:\\.${label})+$`);
/** RFC 1035 §2.3.4. */
const maxNameLength = 253;

/** The service name is a DNS name in lower case. */
export const dnsNameRule: ServiceRule = {
  name: 'dns-name',
  location: 'toplevel',
  check(service, report) {
    if (service.name.length <= maxNameLength && dnsName.test(service.name)) return;
    report.warning({ message: `Invalid DNS name '${service.name}'.`, on: service.endpoints[0] ?? service });
  },
};
