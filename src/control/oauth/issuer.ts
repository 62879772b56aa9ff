import { createPrivateKey, randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { Secret } from '../../core/secret.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import { generateSigningKey } from '../iam/generate-key.ts';
import type { SigningKey } from '../iam/generate-key.ts';
import { signRs256 } from './jwt.ts';
import { maxTokenLifetimeSeconds } from './token-lifetime.ts';

const settingName = 'id-token-key';
const tokenBytes = 32;

/** An ID token that somebody asked for. */
export interface IdTokenRequest {
  readonly account: ServiceAccountRecord;
  readonly audience: string;
  /** Base URL of this server, which is the issuer. */
  readonly issuer: string;
  readonly includeEmail: boolean;
}

/** Makes tokens for service accounts. */
export interface TokenIssuer {
  /** An opaque token, good for `lifetimeSeconds`; durable when the promise resolves. */
  issueAccessToken(
    account: ServiceAccountRecord,
    scopes: readonly string[],
    lifetimeSeconds: number,
  ): Promise<{ readonly token: string; readonly expiresAtMs: number }>;
  /** An RS256 JWT, good for an hour, that the published keys verify. */
  issueIdToken(request: IdTokenRequest): Promise<string>;
  /** The key that signs ID tokens; made when first needed. */
  signingKey(): Promise<SigningKey>;
}

/** The issuer over a store. */
export function createTokenIssuer({ store, clock }: { store: Store; clock: Clock }): TokenIssuer {
  let key: Promise<SigningKey> | undefined;
  const signingKey = (): Promise<SigningKey> => {
    key ??= loadKey(store, clock.nowMs()).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
  return {
    signingKey,
    async issueAccessToken(account, scopes, lifetimeSeconds) {
      const token = `ya29.${randomBytes(tokenBytes).toString('base64url')}`;
      const nowMs = clock.nowMs();
      const expiresAtMs = nowMs + lifetimeSeconds * 1000;
      await store.accessTokens.insert(token, { accountId: account.uniqueId, scopes, expiresAtMs }, nowMs);
      return { token, expiresAtMs };
    },
    async issueIdToken({ account, audience, issuer, includeEmail }) {
      const iat = Math.floor(clock.nowMs() / 1000);
      const claims = {
        aud: audience,
        azp: account.uniqueId,
        ...(includeEmail ? { email: account.email, email_verified: true } : {}),
        exp: iat + maxTokenLifetimeSeconds,
        iat,
        iss: issuer,
        sub: account.uniqueId,
      };
      return signRs256(claims, await signingKey());
    },
  };
}

async function loadKey(store: Store, nowMs: number): Promise<SigningKey> {
  const kept = (await store.settings.get(settingName)) ?? (await makeKey(store, nowMs));
  // Written by makeKey and sealed since.
  const { keyId, privateKeyPem, certificatePem } = JSON.parse(kept.reveal()) as Record<string, string>;
  if (keyId === undefined || privateKeyPem === undefined || certificatePem === undefined)
    throw new TypeError(`the setting ${settingName} is incomplete`);
  return { keyId, privateKey: createPrivateKey(privateKeyPem), certificatePem };
}

async function makeKey(store: Store, nowMs: number): Promise<Secret> {
  const { keyId, privateKey, certificatePem } = await generateSigningKey('id-tokens', nowMs);
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return store.settings.putIfAbsent(
    settingName,
    new Secret(JSON.stringify({ keyId, privateKeyPem, certificatePem })),
  );
}
