import { getHeader } from '../../protocol/http/headers.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { clientTarget } from '../pipeline/client-target.ts';
import type { Stage } from '../pipeline/stage.ts';
import { checkRewritableTarget, rewriteTarget } from '../routing/rewrite-path.ts';

/**
 * Forms the path for the backend as the operation's path translation says. A config without any has neither the limits:
 * ESPv2 then has no such filter.
 */
export function createRewritePath(options: { readonly dialect: Dialect }): Stage {
  const { dialect } = options;
  return {
    name: 'rewrite-path',
    run(exchange) {
      if (exchange.snapshot.rewritesPaths !== true) return undefined;
      const target = clientTarget(exchange);
      const rejection = checkRewritableTarget(target);
      if (rejection !== undefined) return dialect.rewriteRejected(rejection, exchange);
      const translation = exchange.route?.backend.pathTranslation;
      if (translation === undefined) return undefined;
      exchange.upstreamTarget = rewriteTarget(translation, exchange);
      const name = dialect.originalPathHeader;
      // One that the client sent passes, as in ESPv2.
      if (name !== undefined && getHeader(exchange.headers, name) === undefined)
        exchange.headers.push(name, target);
      return undefined;
    },
  };
}
