import { generateKeyPair, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';

const generateAsync = promisify(generateKeyPair);

/** Until when keys hold that nobody ends. Source: IAM's keys. */
export const endOfTimeMs: number = Date.UTC(9999, 11, 31, 23, 59, 59);

const modulusBits = 2048;
const keyIdBytes = 20;

/** A key that signs tokens, with its certificate. */
export interface SigningKey {
  /** 40 hex digits. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly certificatePem: string;
}

/** Makes a 2048-bit RSA key; the work is done off the main thread. */
export async function generateSigningKey(commonName: string, nowMs: number): Promise<SigningKey> {
  const { privateKey } = await generateAsync('rsa', { modulusLength: modulusBits });
  const validity = { validAfterMs: nowMs, validBeforeMs: endOfTimeMs };
  const certificatePem = await createSelfSignedCertificate(privateKey, { commonName, ...validity });
  return { keyId: randomBytes(keyIdBytes).toString('hex'), privateKey, certificatePem };
}
