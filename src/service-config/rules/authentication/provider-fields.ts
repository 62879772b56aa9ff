import type { AuthProvider } from '../../../gen/google/api/auth_pb.ts';
import { isLoopback } from '../loopback.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';

/** A provider says whose tokens it takes and can get the keys to check them with over a safe channel. */
export const authProviderFieldsRule: ServiceRule = {
  name: 'auth-provider-fields',
  location: 'unknown location',
  check(service, report) {
    for (const provider of service.authentication?.providers ?? []) {
      checkIssuer(provider, report);
      checkKeys(provider, report);
      checkLocations(provider, report);
    }
  },
};

function checkIssuer(provider: AuthProvider, report: RuleReport): void {
  if (provider.issuer !== '') return;
  const message = `Auth provider '${provider.id}' has no issuer; no token could satisfy it.`;
  report.warning({ message, hint: 'Set its issuer to the iss claim of the tokens.', on: provider });
}

function checkKeys(provider: AuthProvider, report: RuleReport): void {
  const url = provider.jwksUri === '' ? provider.issuer : provider.jwksUri;
  if (!url.startsWith('http://')) return;
  const message = `Auth provider '${provider.id}' gets its keys from '${url}' without TLS; whoever is on the way could forge tokens.`;
  const finding = { message, hint: 'Use an https:// address.', on: provider };
  if (isLoopback(url)) report.warning(finding);
  else report.error(finding);
}

function checkLocations(provider: AuthProvider, report: RuleReport): void {
  for (const location of provider.jwtLocations) {
    if (location.in.case === 'query' && location.valuePrefix !== '') {
      const message = `JWT location of auth provider '${provider.id}': value_prefix is only for headers.`;
      report.error({ message, hint: 'Remove value_prefix, or name a header.', on: location });
    } else if (location.in.case === 'cookie') {
      const message = `JWT location of auth provider '${provider.id}': the proxies do not read tokens from cookies.`;
      report.warning({ message, hint: 'Name a header or a query parameter.', on: location });
    } else if (location.in.case === undefined || location.in.value === '') {
      const message = `JWT location of auth provider '${provider.id}' names no header and no query parameter.`;
      report.error({ message, hint: 'Write {header: X-My-Token} or {query: my_token}.', on: location });
    }
  }
}
