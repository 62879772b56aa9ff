import { createHash } from 'node:crypto';

/** SHA-256 in hex: how key strings and tokens, random and long enough to need no salt, are looked up. */
export function lookupHash(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
