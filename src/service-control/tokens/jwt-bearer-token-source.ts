import { silentLogger, type Logger } from '../../telemetry/logger.ts';
import type { Clock } from '../../core/clock.ts';
import type { HttpClient } from '../transport/http-client.ts';
import { createCachingTokenSource, type FetchedToken } from './caching-token-source.ts';
import type { ServiceAccountKey } from '../../core/service-account-key.ts';
import { signJwt } from '../../core/signed-jwt.ts';
import { parseTokenResponse } from './token-response.ts';
import type { TokenSource } from './token-source.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const lifetimeSeconds = 3600;
const defaultTimeoutMs = 10_000;

/**
 * Access tokens by the JWT bearer grant (RFC 7523 §2.1): an assertion of the service account, sent to its key file's
 * `token_uri`, buys a token with `scopes`. Source: espv2-control §5.3.
 */
export function createJwtBearerTokenSource(
  key: ServiceAccountKey,
  scopes: readonly string[],
  deps: {
    readonly http: HttpClient;
    readonly clock: Clock;
    readonly logger?: Logger;
    /** For one call. */
    readonly timeoutMs?: number;
  },
): TokenSource {
  const { http, clock, logger = silentLogger, timeoutMs = defaultTimeoutMs } = deps;
  const fetchToken = async (signal: AbortSignal): Promise<FetchedToken> => {
    const iat = Math.floor(clock.nowMs() / 1000);
    const assertion = signJwt(key, {
      iss: key.clientEmail,
      scope: scopes.join(' '),
      aud: key.tokenUri,
      iat,
      exp: iat + lifetimeSeconds,
    });
    const body = new URLSearchParams({ grant_type: grantType, assertion }).toString();
    const result = await http.send({
      method: 'POST',
      url: key.tokenUri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(body),
      timeoutMs,
      signal,
    });
    return parseTokenResponse(result, 'the token server');
  };
  return createCachingTokenSource(fetchToken, { clock, logger });
}
