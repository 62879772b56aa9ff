import type { ServiceRule } from '../service-rule.ts';

/** Audiences stand with the provider or with the requirement; with both, they must be the same. */
export const authAudiencesOnceRule: ServiceRule = {
  name: 'auth-audiences-once',
  location: 'unknown location',
  check(service, report) {
    const audiences = new Map(
      service.authentication?.providers.map((provider) => [provider.id, provider.audiences]),
    );
    for (const rule of service.authentication?.rules ?? []) {
      for (const requirement of rule.requirements) {
        const provided = audiences.get(requirement.providerId) ?? '';
        if (provided === '' || requirement.audiences === '') continue;
        if (provided.toLowerCase() === requirement.audiences.toLowerCase()) continue;
        const message = `Setting 'audiences' field inside both 'requirement' and provider '${requirement.providerId}' is not allowed. Please set the 'audiences' field only inside the 'provider'.`;
        report.error({ message, on: requirement });
      }
    }
  },
};
