import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import { isLoopback } from '../rules/loopback.ts';
import type { ServiceRule } from '../rules/service-rule.ts';

/**
 * A backend that is reached without TLS must not be sent tokens: whoever reads one can call the backend past the proxy.
 * Differs from Service Management, which says nothing.
 */
export const plaintextBackendRule: ServiceRule = {
  name: 'plaintext-backend',
  location: 'unknown location',
  check(service, report) {
    const reported = new Set<string>();
    for (const rule of service.backend?.rules ?? []) {
      if (!sendsToken(rule) || !/^(?:http|grpc):\/\//i.test(rule.address)) continue;
      // The root's backend stands in the rules of many methods; once is enough.
      if (reported.has(rule.address)) continue;
      reported.add(rule.address);
      const finding = {
        message: `Backend '${rule.address}' is sent an identity token without TLS; whoever is on the way could call the backend with it.`,
        hint: 'Use an https:// address, or set disable_auth: true if the backend needs no token.',
        on: rule,
        location: 'origin',
      } as const;
      if (isLoopback(rule.address)) report.warning(finding);
      else report.error(finding);
    }
  },
};

/** With `disable_auth: false` the proxies make an audience from the address. */
function sendsToken({ authentication }: BackendRule): boolean {
  return (
    authentication.case === 'jwtAudience' || (authentication.case === 'disableAuth' && !authentication.value)
  );
}
