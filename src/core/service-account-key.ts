import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ConfigError } from './errors.ts';
import { readNamedFile } from './read-named-file.ts';
import { Secret } from './secret.ts';

/** A service account's key, ready to sign. Source: the JSON file that `gcloud iam service-accounts keys create` writes. */
export interface ServiceAccountKey {
  readonly clientEmail: string;
  /** '' when the file has none. */
  readonly privateKeyId: string;
  readonly privateKey: Secret<KeyObject>;
  /** Where assertions are exchanged for access tokens. */
  readonly tokenUri: string;
  /** '' when the file has none. */
  readonly projectId: string;
}

const defaultTokenUri = 'https://oauth2.googleapis.com/token';
const hint = 'give the JSON key file of a service account';

/** Reads a key file. Throws ConfigError naming the file and what is wrong with it; never quotes its contents. */
export function readServiceAccountKey(path: string): ServiceAccountKey {
  return parseServiceAccountKey(readNamedFile(path, hint).toString('utf8'), path);
}

/** The same for a text that is at hand; `path` names it in errors. */
export function parseServiceAccountKey(text: string, path: string): ServiceAccountKey {
  const fields = parseObject(text, path);
  if (fields['type'] !== undefined && fields['type'] !== 'service_account')
    throw new ConfigError(path, `has the type ${JSON.stringify(fields['type'])}`, hint);
  return {
    clientEmail: requireText(fields, 'client_email', path),
    privateKeyId: textOf(fields['private_key_id']),
    privateKey: new Secret(parsePrivateKey(requireText(fields, 'private_key', path), path)),
    tokenUri: requireUrl(textOf(fields['token_uri']) || defaultTokenUri, path),
    projectId: textOf(fields['project_id']),
  };
}

function parseObject(text: string, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is a secret.
    throw new ConfigError(path, 'is not JSON', hint);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(path, 'is not a JSON object', hint);
  return value as Readonly<Record<string, unknown>>;
}

function requireText(fields: Readonly<Record<string, unknown>>, name: string, path: string): string {
  const value = textOf(fields[name]);
  if (value === '') throw new ConfigError(path, `lacks the field ${name}`, hint);
  return value;
}

function requireUrl(url: string, path: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new ConfigError(path, 'has a token_uri that is not an http or https URL', hint);
  return url;
}

function parsePrivateKey(pem: string, path: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new ConfigError(path, 'has a private_key that is not a PEM private key', hint, { cause: error });
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw new ConfigError(
      path,
      `has a private_key of type ${key.asymmetricKeyType ?? 'unknown'}`,
      'use an RSA key',
    );
  return key;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
