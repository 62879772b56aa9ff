import type { HttpResponse } from '../rpc/http-response.ts';
import { jsonType } from '../rpc/http-response.ts';

/** Error codes of the token endpoint. Source: RFC 6749 §5.2 and Google's own. */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unsupported_grant_type'
  | 'unauthorized_client'
  | 'disabled_client'
  | 'deleted_client';

/** A refusal of the token endpoint. */
export interface TokenError {
  readonly kind: 'error';
  readonly code: TokenErrorCode;
  readonly description: string;
}

/** A refusal with its description. */
export function tokenError(code: TokenErrorCode, description: string): TokenError {
  return { kind: 'error', code, description };
}

/** 400, or 401 when the client itself is not allowed; never to be kept by caches. */
export function tokenErrorResponse({ code, description }: TokenError): HttpResponse {
  return tokenResponse(code === 'unauthorized_client' ? 401 : 400, {
    error: code,
    error_description: description,
  });
}

/** A JSON answer of the token endpoint. Source: RFC 6749 §5.1. */
export function tokenResponse(status: number, body: Readonly<Record<string, unknown>>): HttpResponse {
  return {
    status,
    headers: { 'content-type': jsonType, 'cache-control': 'no-store', pragma: 'no-cache' },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  };
}
