import { getHeader, getHeaderValues, removeHeader, setHeader } from '../../../protocol/http/headers.ts';
import type { HeaderList } from '../../../protocol/http/headers.ts';
import { unknownLength } from '../../../protocol/http/stream.ts';
import type { ResponseHead } from '../../../protocol/http/stream.ts';
import type { ContentEncoding } from './choose-encoding.ts';

/** Shorter bodies are not worth it. Source: Envoy compressor filter, min_content_length. */
const minBodyBytes = 30;
const compressibleTypes: ReadonlySet<string> = new Set([
  'application/ecmascript',
  'application/grpc-web',
  'application/grpc-web+proto',
  'application/javascript',
  'application/json',
  'application/x-javascript',
  'application/x-json',
  'application/xhtml+xml',
  'application/xml',
  'image/svg+xml',
  'text/css',
  'text/ecmascript',
  'text/html',
  'text/javascript',
  'text/js',
  'text/jscript',
  'text/plain',
  'text/x-javascript',
  'text/x-js',
  'text/xml',
]);

/** Whether a response with a body may be compressed, whatever the client accepts. Source: Envoy compressor filter. */
export function isCompressible(head: ResponseHead): boolean {
  const { headers, bodyLength, status } = head;
  if (status === 101 || (bodyLength !== unknownLength && bodyLength < minBodyBytes)) return false;
  if (getHeader(headers, 'content-encoding') !== undefined) return false;
  if (getHeaderValues(headers, 'cache-control').some((value) => /\bno-transform\b/i.test(value)))
    return false;
  const type = getHeader(headers, 'content-type');
  return type === undefined || compressibleTypes.has((type.split(';')[0] as string).trim().toLowerCase());
}

/** Tells caches that the response depends on `accept-encoding`; for every response that {@link isCompressible}. */
export function addVary(headers: HeaderList): void {
  const vary = getHeaderValues(headers, 'vary').join(', ');
  if (vary === '') setHeader(headers, 'vary', 'Accept-Encoding');
  else if (!/(?:^|,)\s*(?:\*|accept-encoding)\s*(?:,|$)/i.test(vary))
    setHeader(headers, 'vary', `${vary}, Accept-Encoding`);
}

/** Changes a head into that of the compressed response. A strong etag names other bytes and goes. */
export function markCompressed(head: ResponseHead, encoding: ContentEncoding): void {
  const { headers } = head;
  setHeader(headers, 'content-encoding', encoding);
  head.bodyLength = unknownLength;
  const etag = getHeader(headers, 'etag');
  if (etag !== undefined && !etag.startsWith('W/')) removeHeader(headers, 'etag');
}
