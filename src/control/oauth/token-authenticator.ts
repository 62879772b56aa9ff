import type { Clock } from '../../core/clock.ts';
import { RpcCode } from '../../core/status.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import type { AuthenticationTarget, Authenticator } from '../rpc/authenticator.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { Caller } from '../rpc/service.ts';
import { findSigner } from './account-keys.ts';
import { parseJwt } from './jwt.ts';
import type { Jwt } from './jwt.ts';
import { isOwnerToken } from './owner-token.ts';
import { reachesService } from './scopes.ts';
import { isInWindow } from './token-lifetime.ts';

const expectation = 'Expected OAuth 2 access token, login cookie or other valid authentication credential.';

/**
 * Accepts the owner's token, access tokens that we issued, and JWTs that service accounts signed for one of our
 * services, as ESP does: `iss` = `sub` = email, `aud` a base URL alone or followed by a service of the called package.
 */
export function createAuthenticator({ store, clock }: { store: Store; clock: Clock }): Authenticator {
  return {
    async authenticate(token, target) {
      if (token === undefined)
        throw new RpcError(
          RpcCode.UNAUTHENTICATED,
          `Request is missing required authentication credential. ${expectation}`,
        );
      const jwt = parseJwt(token);
      if (jwt !== undefined) return toCaller(await checkJwt(store, jwt, target, clock.nowMs()));
      if (await isOwnerToken(store, token)) return { kind: 'owner' };
      return toCaller(await checkAccessToken(store, token, target, clock.nowMs()));
    },
  };
}

async function checkAccessToken(
  store: Store,
  token: string,
  { service, isReadOnly }: AuthenticationTarget,
  nowMs: number,
): Promise<ServiceAccountRecord | undefined> {
  const record = await store.accessTokens.get(token);
  if (record === undefined || record.expiresAtMs <= nowMs) return undefined;
  const account = await store.serviceAccounts.getByUniqueId(record.accountId);
  if (account !== undefined && !reachesService(record.scopes, service, isReadOnly))
    throw new RpcError(RpcCode.PERMISSION_DENIED, 'Request had insufficient authentication scopes.');
  return account;
}

async function checkJwt(
  store: Store,
  jwt: Jwt,
  target: AuthenticationTarget,
  nowMs: number,
): Promise<ServiceAccountRecord | undefined> {
  const { iss, sub, aud, iat, exp } = jwt.claims;
  if (sub !== iss || typeof aud !== 'string' || typeof iat !== 'number' || typeof exp !== 'number')
    return undefined;
  if (!isInWindow(iat, exp, nowMs) || !isAudience(aud, target)) return undefined;
  const result = await findSigner(store, jwt, nowMs);
  return result.kind === 'signer' ? result.account : undefined;
}

/** `https://base` (with or without a slash) or `https://base/google.api.servicecontrol.v1.ServiceController`. */
function isAudience(audience: string, { service, baseUrls }: AuthenticationTarget): boolean {
  const base = baseUrls.find((url) => audience === url || audience.startsWith(`${url}/`));
  if (base === undefined) return false;
  const name = audience.slice(base.length + 1);
  // ESP asks for one token per service, Google's libraries for one per API: the package is what both share.
  return name === '' || name.slice(0, name.lastIndexOf('.')) === packageOf(service.typeName);
}

function packageOf(typeName: string): string {
  return typeName.slice(0, typeName.lastIndexOf('.'));
}

function toCaller(account: ServiceAccountRecord | undefined): Caller {
  if (account === undefined || account.disabled || account.deletedAtMs !== undefined)
    throw new RpcError(
      RpcCode.UNAUTHENTICATED,
      `Request had invalid authentication credentials. ${expectation}`,
    );
  return { kind: 'serviceAccount', email: account.email, projectId: account.projectId };
}
