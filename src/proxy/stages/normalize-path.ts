import type { Dialect } from '../dialects/dialect.ts';
import type { Stage } from '../pipeline/stage.ts';
import { normalizeTarget } from '../routing/normalize-path.ts';
import type { PathOptions } from '../routing/normalize-path.ts';

/** Brings the path into the one spelling that routing, policies, reports and the backend see. */
export function createNormalizePath(options: {
  readonly dialect: Dialect;
  readonly path: PathOptions;
}): Stage {
  const { dialect, path } = options;
  return {
    name: 'normalize-path',
    run(exchange) {
      const { target } = exchange.stream.request;
      const normalized = normalizeTarget(target, path);
      if (normalized === target) return undefined;
      if (typeof normalized !== 'string') return dialect.pathRejected(normalized, exchange);
      const mark = normalized.indexOf('?');
      exchange.path = mark < 0 ? normalized : normalized.slice(0, mark);
      exchange.query = mark < 0 ? undefined : normalized.slice(mark + 1);
      return undefined;
    },
  };
}
