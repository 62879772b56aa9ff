import type { Dialect } from '../dialects/dialect.ts';
import type { Stage } from '../pipeline/stage.ts';

/** The whole pipeline of a gateway that has no config yet: 503. */
export function createRefuseNotReady(options: { readonly dialect: Dialect }): Stage {
  return { name: 'refuse-not-ready', run: (exchange) => options.dialect.notReady(exchange) };
}
