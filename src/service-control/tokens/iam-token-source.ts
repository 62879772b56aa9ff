import type { Clock } from '../../core/clock.ts';
import { Secret } from '../../core/secret.ts';
import { silentLogger, type Logger } from '../../telemetry/logger.ts';
import type { HttpClient } from '../transport/http-client.ts';
import { createCachingTokenSource, type FetchedToken } from './caching-token-source.ts';
import { parseJsonAnswer } from './token-response.ts';
import { tokenUnavailable, type TokenSource } from './token-source.ts';

const defaultTimeoutMs = 10_000;

/** Whom to speak for. */
export interface IamTokenOptions {
  /** Scheme and authority of IAM Credentials. */
  readonly url: string;
  /** ESPv2 `--service_control_iam_service_account`. */
  readonly serviceAccount: string;
  /** ESPv2 `--service_control_iam_delegates`: e-mail addresses, nearest to the caller first. */
  readonly delegates: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * Access tokens of another service account, made by IAM Credentials `generateAccessToken`; `base` proves who asks.
 * Source: espv2-control §5.4.
 */
export function createIamTokenSource(
  options: IamTokenOptions,
  base: TokenSource,
  deps: {
    readonly http: HttpClient;
    readonly clock: Clock;
    readonly logger?: Logger;
    /** For one call. */
    readonly timeoutMs?: number;
  },
): TokenSource {
  const { http, clock, logger = silentLogger, timeoutMs = defaultTimeoutMs } = deps;
  const origin = options.url.replace(/\/+$/, '');
  const url = `${origin}/v1/projects/-/serviceAccounts/${options.serviceAccount}:generateAccessToken`;
  const delegates = options.delegates.map((email) => `projects/-/serviceAccounts/${email}`);
  const request = { ...(delegates.length > 0 && { delegates }), scope: options.scopes };
  const fetchToken = async (signal: AbortSignal): Promise<FetchedToken> => {
    const token = await base.token(origin);
    const result = await http.send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token.reveal()}` },
      body: Buffer.from(JSON.stringify(request)),
      timeoutMs,
      signal,
    });
    const { accessToken, expireTime } = parseJsonAnswer(result, 'IAM Credentials');
    if (typeof accessToken !== 'string' || accessToken === '')
      throw tokenUnavailable('IAM Credentials gave no accessToken');
    const expiresInMs = typeof expireTime === 'string' ? Date.parse(expireTime) - clock.nowMs() : NaN;
    if (!(expiresInMs > 0)) throw tokenUnavailable('IAM Credentials gave a token that has expired');
    return { token: new Secret(accessToken), expiresInMs };
  };
  const own = createCachingTokenSource(fetchToken, { clock, logger });
  return {
    token: (audience) => own.token(audience),
    async close() {
      await own.close();
      await base.close();
    },
  };
}
