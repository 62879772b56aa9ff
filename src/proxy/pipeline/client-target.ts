import type { Exchange } from '../exchange.ts';

/** Path and query as the client's request is routed and reported: normalised, not rewritten. */
export function clientTarget(exchange: Exchange): string {
  return exchange.query === undefined ? exchange.path : `${exchange.path}?${exchange.query}`;
}
