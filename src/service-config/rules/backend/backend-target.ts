import type { BackendRule } from '../../../gen/google/api/backend_pb.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';

const schemes = ['http', 'https', 'grpc', 'grpcs'];
const httpProtocols = ['', 'http/1.1', 'h2'];

/** Addresses, protocols, audiences and deadlines that the proxies can work with; others keep them from starting. */
export const backendTargetRule: ServiceRule = {
  name: 'backend-target',
  location: 'unknown location',
  check(service, report) {
    for (const rule of service.backend?.rules ?? []) {
      if (rule.address !== '') checkAddress(rule, report);
      checkAudience(rule, report);
      if (rule.deadline < 0) {
        const message = `Backend deadline ${rule.deadline} is negative; the default of 15 seconds is used.`;
        report.warning({ message, hint: 'Write seconds above 0.', on: rule, location: 'origin' });
      }
    }
  },
};

function checkAddress(rule: BackendRule, report: RuleReport): void {
  const scheme = /^([^:/]+):\/\//.exec(rule.address)?.[1]?.toLowerCase() ?? 'https';
  if (!schemes.includes(scheme)) {
    const message = `Unknown backend scheme [${scheme}], should be one of http(s) or grpc(s).`;
    report.error({
      message,
      hint: 'Write https://backend.example.com, or grpcs:// for gRPC.',
      on: rule,
      location: 'origin',
    });
  } else if (!URL.canParse(rule.address.includes('://') ? rule.address : `https://${rule.address}`)) {
    const message = `Backend address '${rule.address}' is no URL.`;
    report.error({ message, hint: 'Write https://backend.example.com.', on: rule, location: 'origin' });
  }
  if (scheme.startsWith('http') && !httpProtocols.includes(rule.protocol.toLowerCase())) {
    const message = `Unknown backend http protocol [${rule.protocol}].`;
    report.error({ message, hint: 'Write http/1.1 or h2.', on: rule, location: 'origin' });
  }
}

function checkAudience(rule: BackendRule, report: RuleReport): void {
  if (rule.authentication.case !== 'jwtAudience') return;
  const audience = rule.authentication.value;
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (!/[?&#\u0000-\u0020\u007f]/.test(audience)) return;
  const message = `The audience '${audience}' has a character that no audience may have (? & # or white space).`;
  report.error({ message, hint: 'Set jwt_audience.', on: rule, location: 'origin' });
}
