import type { Page, PageRequest } from '../store/page.ts';
import { RpcCode } from '../core/status.ts';
import { RpcError } from './rpc/rpc-error.ts';

/** How a list is cut. Source: Service Management's field comments. */
export interface PageLimits {
  /** Kind of list; a token of another kind is refused. */
  readonly kind: string;
  readonly defaultSize: number;
  /** Larger sizes are cut down to it. */
  readonly maxSize: number;
}

/** The page that a list request asks for. Throws INVALID_ARGUMENT for a negative size and for a foreign token. */
export function parsePageRequest(
  request: { readonly pageSize: number; readonly pageToken: string },
  limits: PageLimits,
): PageRequest {
  if (request.pageSize < 0) throw invalid('page_size must not be negative.');
  const limit = Math.min(request.pageSize || limits.defaultSize, limits.maxSize);
  if (request.pageToken === '') return { limit };
  const [kind, after] = splitOnce(Buffer.from(request.pageToken, 'base64url').toString());
  if (kind !== limits.kind || after === undefined || after === '') throw invalid('Invalid page token.');
  return { limit, after };
}

/** The token of the page that follows, '' for none. */
export function formatPageToken(next: Page<unknown>['next'], limits: PageLimits): string {
  return next === undefined ? '' : Buffer.from(`${limits.kind}:${next}`).toString('base64url');
}

function splitOnce(text: string): [string, string | undefined] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
