import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import { findSigner } from './account-keys.ts';
import { parseJwt } from './jwt.ts';
import { parseScopes } from './scopes.ts';
import { tokenError } from './token-error.ts';
import type { TokenError } from './token-error.ts';
import { isInWindow } from './token-lifetime.ts';

/** What a good assertion asks for. */
export type Grant =
  | {
      readonly kind: 'accessToken';
      readonly account: ServiceAccountRecord;
      readonly scopes: readonly string[];
    }
  | { readonly kind: 'idToken'; readonly account: ServiceAccountRecord; readonly audience: string };

/** The place and time of a check. */
export interface AssertionContext {
  readonly store: Store;
  readonly nowMs: number;
  /** Token endpoint URLs that `aud` may name. */
  readonly audiences: readonly string[];
}

const disallowed =
  'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.';
const outsideWindow =
  'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';

/**
 * Checks a JWT bearer assertion in the order that Google's endpoint does: structure, signature, account, times, window,
 * delegation, scope, audience. The first complaint is the answer. Source: RFC 7523 §3.
 */
export async function checkAssertion(
  assertion: string,
  context: AssertionContext,
): Promise<Grant | TokenError> {
  const jwt = parseJwt(assertion);
  if (jwt === undefined) return tokenError('invalid_request', 'Bad Request');
  const signer = await findSigner(context.store, jwt, context.nowMs);
  if (signer.kind === 'badSignature') return tokenError('invalid_grant', 'Invalid JWT Signature.');
  if (signer.kind === 'unknownAccount')
    return tokenError('invalid_grant', 'Invalid grant: account not found');
  const { account } = signer;
  return (
    checkAccount(account) ??
    checkTimes(jwt.claims, context.nowMs) ??
    checkClaims(jwt.claims, account, context)
  );
}

function checkAccount(account: ServiceAccountRecord): TokenError | undefined {
  if (account.deletedAtMs !== undefined) return tokenError('deleted_client', 'The OAuth client was deleted.');
  if (account.disabled) return tokenError('disabled_client', 'The OAuth client was disabled.');
  return undefined;
}

function checkTimes({ iat, exp }: Readonly<Record<string, unknown>>, nowMs: number): TokenError | undefined {
  if (typeof iat !== 'number') return tokenError('invalid_grant', 'Invalid JWT: iat (issued at) is not set.');
  if (typeof exp !== 'number')
    return tokenError('invalid_grant', 'Invalid JWT: exp (expiration time) is not set.');
  return isInWindow(iat, exp, nowMs) ? undefined : tokenError('invalid_grant', outsideWindow);
}

function checkClaims(
  { iss, sub, scope, target_audience: target, aud }: Readonly<Record<string, unknown>>,
  account: ServiceAccountRecord,
  { audiences }: AssertionContext,
): Grant | TokenError {
  // Speaking for a person needs domain-wide delegation, and there are no domains here.
  if (sub !== undefined && sub !== iss) return tokenError('unauthorized_client', disallowed);
  const scopes = typeof scope === 'string' ? parseScopes(scope) : undefined;
  const audience = typeof target === 'string' && target !== '' ? target : undefined;
  if (audience === undefined && scopes === undefined)
    return tokenError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  if (typeof aud !== 'string' || !audiences.includes(aud))
    return tokenError('invalid_grant', 'Invalid JWT: Failed audience check.');
  if (audience !== undefined) return { kind: 'idToken', account, audience };
  return { kind: 'accessToken', account, scopes: scopes ?? [] };
}
