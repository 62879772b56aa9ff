import type { Stage } from '../pipeline/stage.ts';

/**
 * Looks the operation up. An unknown one is not refused here: Envoy's direct responses leave the chain at its end, so
 * a CORS preflight or a health probe on an unknown path is still answered as such.
 */
export const matchRoute: Stage = {
  name: 'match-route',
  run(exchange) {
    const result = exchange.snapshot.routes.match(exchange.method, exchange.path);
    exchange.routeResult = result;
    if (result.kind !== 'method') return undefined;
    exchange.route = result.method;
    exchange.bindings = result.bindings;
    return undefined;
  },
};
