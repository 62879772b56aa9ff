import { randomBytes } from 'node:crypto';
import { Secret } from '../../core/secret.ts';

const prefix = 'AIzaSy';
/** 33 random characters of six bits each. */
const randomCharacters = 33;

/** A new key string: 39 characters that begin as Google's do, so that every scanner for leaked keys knows it. */
export function generateKeyString(): Secret {
  const text = randomBytes(randomCharacters).toString('base64url').slice(0, randomCharacters);
  return new Secret(prefix + text);
}
