import type { Clock } from '../../core/clock.ts';
import { Secret } from '../../core/secret.ts';
import type { ServiceAccountKey } from '../../core/service-account-key.ts';
import { signJwt } from '../../core/signed-jwt.ts';
import type { TokenSource } from './token-source.ts';

/** Source: esp auth/service_account_token.cc. */
const lifetimeSeconds = 3600;
const renewBeforeMs = 5 * 60_000;

/**
 * Tokens that a service account signs for one API each: no token server is asked. ESP v1 calls its APIs with these;
 * `iss` and `sub` are the account, `aud` is the API's base URL with its service name.
 */
export function createSelfSignedTokenSource(key: ServiceAccountKey, clock: Clock): TokenSource {
  const byAudience = new Map<string, { readonly token: Secret; readonly renewAtMs: number }>();
  return {
    token(audience) {
      const nowMs = clock.nowMs();
      const known = byAudience.get(audience);
      if (known !== undefined && nowMs < known.renewAtMs) return known.token;
      const iat = Math.floor(nowMs / 1000);
      const claims = {
        iss: key.clientEmail,
        sub: key.clientEmail,
        aud: audience,
        iat,
        exp: iat + lifetimeSeconds,
      };
      const token = new Secret(signJwt(key, claims));
      byAudience.set(audience, { token, renewAtMs: nowMs + lifetimeSeconds * 1000 - renewBeforeMs });
      return token;
    },
    close: () => Promise.resolve(),
  };
}
