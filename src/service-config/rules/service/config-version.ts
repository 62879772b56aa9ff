import type { ServiceRule } from '../service-rule.ts';

/** A config says which version of the format it is written in. */
export const configVersionRule: ServiceRule = {
  name: 'config-version',
  location: 'unknown location',
  check(service, report) {
    if ((service.configVersion ?? 0) > 0) return;
    const message = 'config_version is not specified in the service config file.';
    report.error({ message, hint: 'Write config_version: 3', on: service });
  },
};
