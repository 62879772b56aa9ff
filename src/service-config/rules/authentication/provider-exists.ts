import { nameHint } from '../../diagnostics/name-hint.ts';
import type { ServiceRule } from '../service-rule.ts';

/** Requirements name providers that the service defines; a token of an unknown one could never be checked. */
export const authProviderExistsRule: ServiceRule = {
  name: 'auth-provider-exists',
  location: 'unknown location',
  check(service, report) {
    const providers = new Set(service.authentication?.providers.map(({ id }) => id));
    for (const rule of service.authentication?.rules ?? []) {
      for (const requirement of rule.requirements) {
        if (providers.has(requirement.providerId)) continue;
        report.error({
          message: `Cannot find auth provider with id '${requirement.providerId}'`,
          hint: nameHint(requirement.providerId, providers) ?? 'Define it under authentication.providers.',
          on: requirement,
        });
      }
    }
  },
};
