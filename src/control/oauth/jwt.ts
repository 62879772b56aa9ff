import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** A JWT in compact form, taken apart but not verified. */
export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What was signed. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** Longest token looked at. */
const maxTokenLength = 16_384;

/** Undefined for what is not three parts of base64url with two JSON objects. */
export function parseJwt(text: string): Jwt | undefined {
  if (text.length > maxTokenLength) return undefined;
  const parts = text.split('.');
  const [header, claims, signature] = parts;
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined)
    return undefined;
  if (parts.some((part) => !/^[A-Za-z0-9_-]+$/.test(part))) return undefined;
  const [headerObject, claimsObject] = [parseObject(header), parseObject(claims)];
  if (headerObject === undefined || claimsObject === undefined) return undefined;
  return {
    header: headerObject,
    claims: claimsObject,
    signingInput: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/**
 * Whether the key made the signature; RS256 is the only algorithm (RFC 7518 §3.3), and a token that must not be taken
 * without understanding an extension (`crit`, RFC 7515 §4.1.11) is not taken.
 */
export function verifyRs256(jwt: Jwt, publicKey: KeyObject): boolean {
  if (
    jwt.header['alg'] !== 'RS256' ||
    jwt.header['crit'] !== undefined ||
    publicKey.asymmetricKeyType !== 'rsa'
  )
    return false;
  return verify('RSA-SHA256', Buffer.from(jwt.signingInput), publicKey, jwt.signature);
}

/** Signs claims with RS256. */
export async function signRs256(
  claims: Readonly<Record<string, unknown>>,
  key: { readonly keyId: string; readonly privateKey: KeyObject },
): Promise<string> {
  const header = { alg: 'RS256', kid: key.keyId, typ: 'JWT' };
  const signingInput = `${encode(header)}.${encode(claims)}`;
  const signature = await signAsync('RSA-SHA256', Buffer.from(signingInput), key.privateKey);
  return `${signingInput}.${signature.toString('base64url')}`;
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>; // A JSON object, as checked above.
  } catch {
    return undefined;
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
