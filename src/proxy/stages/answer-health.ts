import type { Dialect } from '../dialects/dialect.ts';
import type { Stage } from '../pipeline/stage.ts';

export interface AnswerHealthOptions {
  readonly dialect: Dialect;
  /** `--healthz`; a missing leading slash is added. */
  readonly path: string;
  /** False while draining: load balancers then send no more. */
  readonly isHealthy: () => boolean;
}

/** Answers the health path: any method, the whole target, query included. Source: Envoy health_check filter. */
export function createAnswerHealth(options: AnswerHealthOptions): Stage {
  const { dialect, isHealthy } = options;
  const path = options.path.startsWith('/') ? options.path : `/${options.path}`;
  return {
    name: 'answer-health',
    run(exchange) {
      if (exchange.path !== path || exchange.query !== undefined) return undefined;
      return isHealthy() ? dialect.healthy(exchange) : dialect.notReady(exchange);
    },
  };
}
