import type { Dialect } from '../dialects/dialect.ts';
import type { Stage } from '../pipeline/stage.ts';

export interface RefuseUnmatchedOptions {
  readonly dialect: Dialect;
  /** A CORS preset is on: OPTIONS on a path without an OPTIONS operation is then its business. */
  readonly hasCorsPreset: boolean;
}

/** Ends what no operation of the config answers to: 404, 405, or the preset's 400. */
export function createRefuseUnmatched(options: RefuseUnmatchedOptions): Stage {
  const { dialect, hasCorsPreset } = options;
  return {
    name: 'refuse-unmatched',
    run(exchange) {
      const result = exchange.routeResult;
      if (exchange.route !== undefined) return undefined;
      if (hasCorsPreset && exchange.method === 'OPTIONS') return dialect.corsRejected(exchange);
      return result?.kind === 'methodNotAllowed'
        ? dialect.methodNotAllowed(exchange, result)
        : dialect.notFound(exchange);
    },
  };
}
