import { sign } from 'node:crypto';
import type { ServiceAccountKey } from './service-account-key.ts';

/** An RS256 JWT of a service account (RFC 7515 §3.1 compact form). `claims` are written as given. */
export function signJwt(key: ServiceAccountKey, claims: Readonly<Record<string, string | number>>): string {
  const header = {
    alg: 'RS256',
    typ: 'JWT',
    ...(key.privateKeyId !== '' && { kid: key.privateKeyId }),
  };
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(input), key.privateKey.reveal());
  return `${input}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
