import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ServiceAccountKeyRecord } from '../../store/service-account-keys.ts';
import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { Store } from '../../store/store.ts';
import { verifyRs256 } from './jwt.ts';
import type { Jwt } from './jwt.ts';
import { clockSkewSeconds } from './token-lifetime.ts';

/** Who signed a JWT, if a service account did. */
export type SignerResult =
  | { readonly kind: 'signer'; readonly account: ServiceAccountRecord }
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'unknownAccount' };

/**
 * Finds the account that `iss` names among the keys and checks the signature with the key that `kid` names, or without
 * one with each of the account's. The account may be disabled or deleted.
 */
export async function findSigner(store: Store, jwt: Jwt, nowMs: number): Promise<SignerResult> {
  const { iss } = jwt.claims;
  const { kid } = jwt.header;
  const email = typeof iss === 'string' ? iss : '';
  const account = await store.serviceAccounts.getByEmail(email);
  const keys =
    typeof kid === 'string'
      ? [await store.serviceAccountKeys.get(kid)]
      : account === undefined
        ? []
        : await store.serviceAccountKeys.list(account.uniqueId);
  const signing = keys.find(
    (key) => key !== undefined && isUsable(key, nowMs) && verifyRs256(jwt, publicKeyOf(key.certificatePem)),
  );
  if (signing === undefined)
    return account === undefined ? { kind: 'unknownAccount' } : { kind: 'badSignature' };
  const owner = await store.serviceAccounts.getByUniqueId(signing.accountId);
  // A key signs for its own account only.
  return owner?.email === email ? { kind: 'signer', account: owner } : { kind: 'unknownAccount' };
}

/** A certificate made elsewhere may hold from a later day only. */
function isUsable(key: ServiceAccountKeyRecord, nowMs: number): boolean {
  return !key.disabled && key.validAfterMs <= nowMs + clockSkewSeconds * 1000 && nowMs < key.validBeforeMs;
}

/** The public key in a certificate. */
export function publicKeyOf(certificatePem: string): KeyObject {
  return new X509Certificate(certificatePem).publicKey;
}
