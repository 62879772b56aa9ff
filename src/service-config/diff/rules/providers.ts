import type { AuthProvider, JwtLocation } from '../../../gen/google/api/auth_pb.ts';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import type { CallerRule } from '../step.ts';

/** What changes in a provider that both configs have, if under another id. Who uses it is the business of the operations. */
export const providersRule: CallerRule = ({ old, next }) =>
  [...next.providers.values()].flatMap((provider) => {
    const before =
      old.providers.get(provider.id) ??
      [...old.providers.values()].find(({ issuer }) => issuer === provider.issuer);
    return before === undefined ? [] : compareProviders(before, provider);
  });

function compareProviders(old: AuthProvider, next: AuthProvider): CallerChange[] {
  const path = keyedPath('authentication.providers', 'id', next.id);
  const changes: CallerChange[] = [];
  if (old.issuer !== next.issuer)
    changes.push({
      severity: 'breaking',
      rule: 'issuer-changed',
      element: fieldPath(path, 'issuer'),
      message: `Provider ${next.id} is now ${next.issuer}: tokens of ${old.issuer} are refused.`,
    });
  if (old.jwksUri !== next.jwksUri)
    changes.push({
      severity: 'weakened-security',
      rule: 'keys-moved',
      element: fieldPath(path, 'jwks_uri'),
      message: `Tokens of ${next.issuer} are now verified with the keys at ${placeOf(next)} instead of ${placeOf(old)}: whoever rules that place can sign tokens.`,
    });
  return [...changes, ...compareLocations(old, next, fieldPath(path, 'jwt_locations'))];
}

function placeOf({ jwksUri, issuer }: AuthProvider): string {
  return jwksUri === '' ? `the place that ${issuer} publishes` : jwksUri;
}

function compareLocations(old: AuthProvider, next: AuthProvider, element: string): CallerChange[] {
  const [before, after] = [locationsOf(old), locationsOf(next)];
  return [
    ...before
      .filter((place) => !after.includes(place))
      .map((place): CallerChange => {
        const message = `Tokens of ${next.issuer} are no longer taken from the ${place}.`;
        return { severity: 'breaking', rule: 'token-place-removed', element, message };
      }),
    ...after
      .filter((place) => !before.includes(place))
      .map((place): CallerChange => {
        const message = `Tokens of ${next.issuer} are now taken from the ${place}.`;
        return { severity: 'notice', rule: 'token-place-added', element, message };
      }),
  ];
}

/** Where the proxies look when a provider does not say. Source: google.api.AuthProvider.jwt_locations, ESPv2. */
const defaultLocations: readonly string[] = [
  'header authorization, after "Bearer "',
  'header x-goog-iap-jwt-assertion',
  'query parameter access_token',
];

function locationsOf({ jwtLocations }: AuthProvider): readonly string[] {
  return jwtLocations.length === 0 ? defaultLocations : jwtLocations.map(describe);
}

function describe({ in: place, valuePrefix }: JwtLocation): string {
  const after = valuePrefix === '' ? '' : `, after "${valuePrefix}"`;
  switch (place.case) {
    case 'header':
      return `header ${place.value.toLowerCase()}${after}`;
    case 'query':
      return `query parameter ${place.value}${after}`;
    case 'cookie':
      return `cookie ${place.value}${after}`;
    case undefined:
      return 'place that nothing names';
    default:
      return place satisfies never;
  }
}
