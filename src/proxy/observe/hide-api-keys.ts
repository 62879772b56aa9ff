import type { Exchange } from '../exchange.ts';
import type { ApiKeyLocation } from '../routing/method-config.ts';
import { defaultApiKeyLocations } from '../stages/extract-api-key.ts';

const redacted = '[redacted]';
/** Shorter ones are no keys that a server issued, and hiding them would tear the line apart. */
const minKeyLength = 8;

/**
 * The line without the keys of its request: the one that was read, and whatever else the query has under a name where
 * keys are looked for. A request that was refused early has no key that was read, and one with two keys sends both.
 */
export function hideApiKeys(line: string, exchange: Exchange): string {
  const { apiKey } = exchange;
  const { target } = exchange.stream.request;
  const queryAt = target.indexOf('?');
  if (queryAt < 0) return hide(line, apiKey);
  const keys = [apiKey, ...keysInQuery(target.slice(queryAt + 1), exchange)];
  // The longest one first: a key that begins like another one must not leave the other's end.
  return keys.toSorted((a, b) => b.length - a.length).reduce(hide, line);
}

function hide(line: string, key: string): string {
  return key.length < minKeyLength ? line : line.replaceAll(key, redacted);
}

function keysInQuery(query: string, exchange: Exchange): string[] {
  const routeLocations = exchange.route?.apiKeyLocations ?? [];
  const keys: string[] = [];
  for (const parameter of query.split('&')) {
    const equalsAt = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(equalsAt, 0));
    if (isLocation(defaultApiKeyLocations, name) || isLocation(routeLocations, name))
      keys.push(parameter.slice(equalsAt + 1));
  }
  return keys;
}

function isLocation(locations: readonly ApiKeyLocation[], name: string): boolean {
  return locations.some((location) => location.kind === 'query' && location.name === name);
}
