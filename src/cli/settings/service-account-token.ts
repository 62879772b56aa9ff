import { createSign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { sendHttp } from '../api/send-http.ts';
import { CliError } from '../cli-error.ts';

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const lifetimeSeconds = 3600;
const timeoutMs = 30_000;

/** What a service account's JSON key file says that the client needs. */
export interface ServiceAccountKey {
  readonly email: string;
  readonly keyId: string;
  readonly privateKey: Secret;
  readonly tokenUri: string;
  readonly projectId: string;
}

/** Reads a key file as `iam service-accounts keys create` writes it. Throws CliError. */
export function readServiceAccountKey(path: string): ServiceAccountKey {
  const fields = parse(path);
  const field = (name: string): string => {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new CliError(`key file ${path} has no "${name}"; it must be the JSON key of a service account`);
  };
  return {
    email: field('client_email'),
    keyId: field('private_key_id'),
    privateKey: new Secret(field('private_key')),
    tokenUri: field('token_uri'),
    projectId: typeof fields['project_id'] === 'string' ? fields['project_id'] : '',
  };
}

/** Exchanges a JWT signed by the account for an access token at the key's token endpoint. Source: RFC 7523 §2.1. */
export async function fetchAccessToken(
  key: ServiceAccountKey,
  options: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Secret> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signAssertion(key, Math.floor(options.nowMs / 1000)),
  });
  const answer = await sendHttp({
    url: key.tokenUri,
    verb: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    const reason = systemErrorCode(error) ?? errorMessage(error);
    throw new CliError(`cannot reach the token endpoint ${key.tokenUri} of the key file (${reason})`, {
      cause: error,
    });
  });
  const fields = parseFields(answer.text);
  if (typeof fields['access_token'] === 'string') return new Secret(fields['access_token']);
  const reason = fields['error_description'] ?? fields['error'] ?? `HTTP ${answer.status}`;
  throw new CliError(`the token endpoint refused the key of ${key.email}: ${String(reason)}`);
}

function parseFields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    // JSON's keys are strings.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function signAssertion(key: ServiceAccountKey, nowSeconds: number): string {
  const claims = {
    iss: key.email,
    scope,
    aud: key.tokenUri,
    iat: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
  };
  const input = `${encode({ alg: 'RS256', typ: 'JWT', kid: key.keyId })}.${encode(claims)}`;
  return `${input}.${createSign('RSA-SHA256').update(input).sign(key.privateKey.reveal(), 'base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function parse(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>; // Each field is checked by its reader.
  } catch (error) {
    throw new CliError(`cannot read the key file ${path}: ${errorMessage(error)}`, { cause: error });
  }
}
