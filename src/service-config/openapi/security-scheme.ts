import type { AuthProvider } from '../../gen/google/api/auth_pb.ts';
import type { SourcePlace } from '../source/source-node.ts';

/** A scheme that a document defines, by what the proxy can do with it. */
export type SecurityScheme =
  | { readonly kind: 'jwt'; readonly provider: AuthProvider; readonly place: SourcePlace }
  | { readonly kind: 'apiKey'; readonly place: SourcePlace }
  /** Accepted and never enforced, such as `basic`. */
  | { readonly kind: 'ignored'; readonly reason: string; readonly place: SourcePlace };

export type SecuritySchemes = ReadonlyMap<string, SecurityScheme>;

/** Where the proxies look for API keys when a config says nothing else (ESPv2 §3.7). */
export function isApiKeyLocation(location: string, name: string): boolean {
  if (location === 'query') return name === 'key' || name === 'api_key';
  return location === 'header' && name.toLowerCase() === 'x-api-key';
}
