import { getHeader } from '../../protocol/http/headers.ts';
import type { AuthProvider } from '../../gen/google/api/auth_pb.ts';
import type { Exchange } from '../exchange.ts';
import { findQueryParameter } from './query-parameter.ts';

/**
 * Whether the request carries anything that may be a JWT: in one of the default places or in one that a provider of
 * the config names. It errs on the side of finding one.
 */
export function hasJwt(exchange: Exchange): boolean {
  const { headers, query } = exchange;
  if (getHeader(headers, 'authorization') !== undefined) return true;
  if (getHeader(headers, 'x-goog-iap-jwt-assertion') !== undefined) return true;
  if (findQueryParameter(query, 'access_token') !== undefined) return true;
  const providers = exchange.snapshot.service.authentication?.providers ?? [];
  return providers.some((provider) => hasJwtOf(provider, exchange));
}

function hasJwtOf(provider: AuthProvider, exchange: Exchange): boolean {
  return provider.jwtLocations.some(({ in: place }) => {
    if (place.case === 'header') return getHeader(exchange.headers, place.value.toLowerCase()) !== undefined;
    if (place.case === 'query') return findQueryParameter(exchange.query, place.value) !== undefined;
    return place.case === 'cookie' && getHeader(exchange.headers, 'cookie') !== undefined;
  });
}
