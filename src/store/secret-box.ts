import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Secret } from '../core/secret.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Length of the key of a {@link SecretBox}. */
export const secretBoxKeyBytes = 32;

/** Encrypts values at rest: AES-256-GCM, a fresh nonce each, bound to the place that they are kept in. */
export class SecretBox {
  readonly #key: Secret<Uint8Array>;

  /** Throws a RangeError unless the key has {@link secretBoxKeyBytes}. */
  constructor(key: Secret<Uint8Array>) {
    if (key.reveal().length !== secretBoxKeyBytes)
      throw new RangeError(`the key must have ${secretBoxKeyBytes} bytes`);
    this.#key = key;
  }

  /** Nonce, ciphertext and tag. `place` (`table/row`) must be named again to open it. */
  seal(place: string, value: Uint8Array | string): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key.reveal(), nonce).setAAD(Buffer.from(place));
    const body = typeof value === 'string' ? cipher.update(value, 'utf8') : cipher.update(value);
    return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
  }

  /** The value sealed for `place`; throws when the bytes, the place or the key are others. */
  open(place: string, sealed: Uint8Array): Buffer {
    const end = sealed.length - tagBytes;
    const decipher = createDecipheriv(algorithm, this.#key.reveal(), sealed.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(end));
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, end)), decipher.final()]);
  }
}
