import type { Dialect } from '../dialects/dialect.ts';
import type { Stage } from '../pipeline/stage.ts';
import { hasJwt } from './find-jwt.ts';

/**
 * Fails closed: this version verifies no JWT, so an operation that demands one is refused, with or without a token.
 * Only `allow_without_credential` lets a request without any token pass.
 */
export function createAuthenticate(options: { readonly dialect: Dialect }): Stage {
  const { dialect } = options;
  return {
    name: 'authenticate',
    run(exchange) {
      const requirement = exchange.route?.authentication;
      if (requirement === undefined) return undefined;
      if (hasJwt(exchange)) return dialect.jwtUnsupported(exchange);
      return requirement.allowWithoutCredential ? undefined : dialect.jwtMissing(exchange);
    },
  };
}
