import type { Clock, Timer } from '../../core/clock.ts';
import { errorMessage, GatewayError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { tokenUnavailable, type TokenSource } from './token-source.ts';

/** A token with what is left of its life. */
export interface FetchedToken {
  readonly token: Secret;
  readonly expiresInMs: number;
}

/** Asks a token server. Rejects with what went wrong. */
export type FetchToken = (signal: AbortSignal) => Promise<FetchedToken>;

/** A token is renewed this long before it expires. */
const renewBeforeMs = 5 * 60_000;
/** Source: espv2 token_subscriber.cc, kFailedRequestRetryTime. */
const retryMs = 2000;

/**
 * Keeps one access token fresh. Renews it in the background five minutes before its end (a third of its life, when that
 * is shorter), tries again every two seconds while that fails, and hands out the old one as long as it is valid.
 */
export function createCachingTokenSource(
  fetchToken: FetchToken,
  deps: { readonly clock: Clock; readonly logger: Logger },
): TokenSource {
  const { clock, logger } = deps;
  const abort = new AbortController();
  let current: { readonly token: Secret; readonly expiresAtMs: number } | undefined;
  let pending: Promise<Secret> | undefined;
  let timer: Timer | undefined;

  const arm = (delayMs: number): void => {
    timer?.cancel();
    timer = clock.setTimer(delayMs, () => renew().catch(() => undefined));
  };
  const fetchNow = async (): Promise<Secret> => {
    try {
      const { token, expiresInMs } = await fetchToken(abort.signal);
      if (!isHeaderSafe(token)) throw tokenUnavailable('the token server gave no usable token');
      current = { token, expiresAtMs: clock.monotonicMs() + expiresInMs };
      if (!abort.signal.aborted)
        arm(Math.max(retryMs, expiresInMs - Math.min(renewBeforeMs, expiresInMs / 3)));
      return token;
    } catch (error) {
      if (abort.signal.aborted) throw tokenUnavailable('closed');
      logger.warn({ problem: errorMessage(error) }, 'access token not fetched');
      arm(retryMs);
      throw error instanceof GatewayError ? error : tokenUnavailable(errorMessage(error), error);
    }
  };
  const renew = (): Promise<Secret> => {
    pending ??= fetchNow().finally(() => (pending = undefined));
    return pending;
  };
  return {
    token() {
      if (current !== undefined && clock.monotonicMs() < current.expiresAtMs) return current.token;
      return renew();
    },
    close() {
      timer?.cancel();
      abort.abort();
      return Promise.resolve();
    },
  };
}

function isHeaderSafe(token: Secret): boolean {
  return /^[\x21-\x7e]+$/.test(token.reveal());
}
