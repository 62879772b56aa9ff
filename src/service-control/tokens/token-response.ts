import { Secret } from '../../core/secret.ts';
import type { HttpResult } from '../transport/http-client.ts';
import type { FetchedToken } from './caching-token-source.ts';
import { tokenUnavailable } from './token-source.ts';

/** Reads `{access_token, expires_in}` (RFC 6749 §5.1, and the metadata server). Throws TOKEN_UNAVAILABLE. */
export function parseTokenResponse(result: HttpResult, what: string): FetchedToken {
  const fields = parseJsonAnswer(result, what);
  const { access_token: token, expires_in: expiresIn } = fields;
  if (typeof token !== 'string' || token === '') throw tokenUnavailable(`${what} gave no access_token`);
  const seconds = typeof expiresIn === 'number' || typeof expiresIn === 'string' ? Number(expiresIn) : NaN;
  if (!(seconds > 0)) throw tokenUnavailable(`${what} gave a token that has expired`);
  return { token: new Secret(token), expiresInMs: seconds * 1000 };
}

/** The JSON object of a 200 answer; an OAuth error object (RFC 6749 §5.2) becomes the message. */
export function parseJsonAnswer(result: HttpResult, what: string): Readonly<Record<string, unknown>> {
  if (result.kind === 'failed') throw tokenUnavailable(`${what}: ${result.detail}`);
  let fields: unknown;
  try {
    fields = JSON.parse(result.body.toString('utf8'));
  } catch {
    // The body may hold a token: only the status is told.
    fields = undefined;
  }
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  if (result.status !== 200) {
    const { error, error_description: description } = isObject ? (fields as Record<string, unknown>) : {};
    const text = [error, description].filter((part) => typeof part === 'string').join(': ');
    throw tokenUnavailable(`${what} answered ${result.status}${text === '' ? '' : ` ${text}`}`);
  }
  if (!isObject) throw tokenUnavailable(`${what} answered something other than JSON`);
  return fields as Record<string, unknown>;
}
