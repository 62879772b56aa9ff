import type { ServiceRule } from '../service-rule.ts';

/** No two providers have one id: which of them checks a token would be chance. */
export const authProviderUniqueRule: ServiceRule = {
  name: 'auth-provider-unique',
  location: 'unknown location',
  check(service, report) {
    const seen = new Set<string>();
    for (const provider of service.authentication?.providers ?? []) {
      if (seen.has(provider.id))
        report.error({ message: `There are several auth providers with id '${provider.id}'.`, on: provider });
      seen.add(provider.id);
    }
  },
};
