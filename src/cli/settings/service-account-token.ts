import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { ServiceAccountKey } from '../../core/service-account-key.ts';
import { signJwt } from '../../core/signed-jwt.ts';
import { sendHttp } from '../api/send-http.ts';
import { CliError } from '../cli-error.ts';

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const lifetimeSeconds = 3600;
const timeoutMs = 30_000;

/** Exchanges a JWT signed by the account for an access token at the key's token endpoint. Source: RFC 7523 §2.1. */
export async function fetchAccessToken(
  key: ServiceAccountKey,
  options: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<Secret> {
  const iat = Math.floor(options.nowMs / 1000);
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signJwt(key, {
      iss: key.clientEmail,
      scope,
      aud: key.tokenUri,
      iat,
      exp: iat + lifetimeSeconds,
    }),
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
  throw new CliError(`the token endpoint refused the key of ${key.clientEmail}: ${String(reason)}`);
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
