import { getHeader } from '../../protocol/http/headers.ts';
import type { ApiKeyLocation } from '../routing/method-config.ts';
import { findQueryParameter } from './query-parameter.ts';

/** Where a key is looked for when the config names no place. Source: espv2 api_key.go, esp request_context.cc. */
export const defaultApiKeyLocations: readonly ApiKeyLocation[] = [
  { kind: 'query', name: 'key' },
  { kind: 'query', name: 'api_key' },
  { kind: 'header', name: 'x-api-key' },
];

/**
 * The request's API key, '' without one. The first place that is present wins even if it is empty; query values stay
 * as they were written.
 */
export function extractApiKey(
  request: { readonly query: string | undefined; readonly headers: readonly string[] },
  locations: readonly ApiKeyLocation[],
): string {
  for (const location of locations) {
    const key =
      location.kind === 'query'
        ? findQueryParameter(request.query, location.name)
        : getHeader(request.headers, location.name);
    if (key !== undefined) return key;
  }
  return '';
}
