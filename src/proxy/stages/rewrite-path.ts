import { setHeader } from '../../protocol/http/headers.ts';
import type { ConfigSnapshot } from '../config-snapshot.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { clientTarget } from '../pipeline/client-target.ts';
import type { Stage } from '../pipeline/stage.ts';
import { checkRewritableTarget, rewriteTarget } from '../routing/rewrite-path.ts';

/**
 * Forms the path for the backend as the operation's path translation says. Undefined for a config without any: ESPv2
 * then has no such filter, nor its limits.
 */
export function createRewritePath(options: {
  readonly dialect: Dialect;
  readonly snapshot: ConfigSnapshot;
}): Stage | undefined {
  const { dialect, snapshot } = options;
  const isUsed = [...snapshot.methods.values()].some(
    (method) => method.backend.pathTranslation !== undefined,
  );
  if (!isUsed) return undefined;
  return {
    name: 'rewrite-path',
    run(exchange) {
      const target = clientTarget(exchange);
      const rejection = checkRewritableTarget(target);
      if (rejection !== undefined) return dialect.rewriteRejected(rejection, exchange);
      const translation = exchange.route?.backend.pathTranslation;
      if (translation === undefined) return undefined;
      exchange.upstreamTarget = rewriteTarget(translation, exchange);
      if (dialect.originalPathHeader !== undefined)
        setHeader(exchange.headers, dialect.originalPathHeader, target);
      return undefined;
    },
  };
}
