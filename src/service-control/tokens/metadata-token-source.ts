import type { Clock } from '../../core/clock.ts';
import { silentLogger, type Logger } from '../../telemetry/logger.ts';
import type { HttpClient } from '../transport/http-client.ts';
import { createCachingTokenSource, type FetchedToken } from './caching-token-source.ts';
import { parseTokenResponse } from './token-response.ts';
import type { TokenSource } from './token-source.ts';

const tokenPath = '/computeMetadata/v1/instance/service-accounts/default/token';
const defaultTimeoutMs = 5000;

/** Access tokens of the machine's own service account, from its metadata server. Source: espv2-control §5.2. */
export function createMetadataTokenSource(
  url: string,
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
    const result = await http.send({
      method: 'GET',
      url: `${url.replace(/\/+$/, '')}${tokenPath}`,
      headers: { 'metadata-flavor': 'Google' },
      timeoutMs,
      signal,
    });
    return parseTokenResponse(result, 'the metadata server');
  };
  return createCachingTokenSource(fetchToken, { clock, logger });
}
