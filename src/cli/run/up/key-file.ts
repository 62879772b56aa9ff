import { readFileSync } from 'node:fs';
import { ConfigError, errorMessage, systemErrorCode } from '../../../core/errors.ts';
import { replaceFile } from '../../../core/replace-file.ts';

const hint = 'remove it, and the next start makes another';

/** The proxy's key file as `up` keeps it. */
export interface KeyFile {
  readonly privateKeyId: string;
  /** The whole file. */
  readonly text: string;
}

/** Reads it; undefined when there is none. Throws ConfigError for a broken one; never quotes its contents. */
export function readKeyFile(path: string): KeyFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new ConfigError(path, `cannot be read: ${errorMessage(error)}`, hint, { cause: error });
  }
  const privateKeyId = parse(text, path)['private_key_id'];
  if (typeof privateKeyId !== 'string') throw new ConfigError(path, 'lacks the field private_key_id', hint);
  return { privateKeyId, text };
}

/** Writes it, with its URLs leading to where the control plane listens now. */
export function writeKeyFile(path: string, text: string, controlUrl: string): void {
  const tokenUri = parse(text, path)['token_uri'];
  const previous =
    typeof tokenUri === 'string' && URL.canParse(tokenUri) ? new URL(tokenUri).origin : controlUrl;
  replaceFile(path, text.replaceAll(previous, controlUrl));
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    // JSON's keys are strings.
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The parser's message quotes the text, which is a secret.
  }
  throw new ConfigError(path, 'is not a JSON object', hint);
}
