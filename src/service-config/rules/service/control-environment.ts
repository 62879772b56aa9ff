import type { ServiceRule } from '../service-rule.ts';

const supported = ['endpoints-servicecontrol.sandbox.googleapis.com', 'servicecontrol.googleapis.com'];

/**
 * Without a control environment the proxies neither check nor report. Differs from Service Management, which refuses an
 * environment that is not its own: here it only warns, since a control plane of one's own is what Gatehouse is for.
 */
export const controlEnvironmentRule: ServiceRule = {
  name: 'control-environment',
  location: 'unknown location',
  check(service, report) {
    const environment = service.control?.environment ?? '';
    if (environment === '') {
      const message = `Service ${service.name} does not have control environment configured.`;
      report.warning({
        message,
        hint: 'Without one, no API key is checked and nothing is reported.',
        on: service,
      });
    } else if (!supported.includes(environment)) {
      const message = `Control environment '${environment}' is not one of the supported environments: [${supported.join(', ')}]`;
      const hint = "Right for a control plane of one's own, to which the proxies then report.";
      report.warning({ message, hint, on: service.control });
    }
  },
};
