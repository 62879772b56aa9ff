import { readFileSync } from 'node:fs';
import { ConfigError, errorMessage, systemErrorCode } from '../../../core/errors.ts';
import { replaceFile } from '../../../core/replace-file.ts';
import { parseServiceAccountKey, type ServiceAccountKey } from '../../../core/service-account-key.ts';

const hint = 'remove it, and the next start makes another';

/** The proxy's key file as `up` keeps it. */
export interface KeyFile {
  readonly key: ServiceAccountKey;
  /** The whole file, private key included. */
  readonly text: string;
}

/** Reads it; undefined when there is none. Throws ConfigError for a broken one; never quotes its contents. */
export function readKeyFile(path: string): KeyFile | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { key: parseServiceAccountKey(text, path), text };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    const problem = error instanceof ConfigError ? error.problem : `cannot be read: ${errorMessage(error)}`;
    throw new ConfigError(path, problem, hint, { cause: error });
  }
}

/** Writes it, with its URLs leading to where the control plane listens now. */
export function writeKeyFile(path: string, text: string, controlUrl: string): void {
  const issuer = new URL(parseServiceAccountKey(text, path).tokenUri).origin;
  replaceFile(path, text.replaceAll(issuer, controlUrl));
}
