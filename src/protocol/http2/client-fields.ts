import type { RequestHead, ResponseHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { isConnectionSpecific } from './response-fields.ts';

const colon = 58;

/**
 * A request head as the flat list that node:http2 sends: pseudo fields first, `content-length` when the length is
 * known, an upgrade as extended CONNECT (RFC 8441 §4).
 */
export function toRequestFields(head: RequestHead): string[] {
  const { headers, upgrade } = head;
  const fields =
    upgrade === undefined ? [':method', head.method] : [':method', 'CONNECT', ':protocol', upgrade];
  fields.push(':scheme', head.scheme, ':authority', head.authority, ':path', head.target);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (isConnectionSpecific(name) || name === 'host') continue;
    if (upgrade !== undefined && name === 'sec-websocket-key') continue;
    fields.push(name, headers[i + 1] as string);
  }
  const { bodyLength } = head;
  // A request without body has no content-length, save where its absence would surprise (RFC 9110 §8.6).
  if (
    upgrade === undefined &&
    bodyLength !== unknownLength &&
    (bodyLength > 0 || hasBodySemantics(head.method))
  )
    fields.push('content-length', String(bodyLength));
  return fields;
}

/**
 * A response head, or trailers (status 0), from the flat list of node:http2. nghttp2 has checked the fields.
 *
 * @param isEmpty the message is over and its length is therefore 0, unless `content-length` says otherwise (HEAD)
 */
export function parseResponseFields(raw: readonly string[], isEmpty: boolean): ResponseHead {
  const head: ResponseHead = { status: 0, headers: [], bodyLength: isEmpty ? 0 : unknownLength };
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (name.charCodeAt(0) === colon) {
      if (name === ':status') head.status = Number(value);
    } else if (name === 'content-length') head.bodyLength = Number(value);
    else head.headers.push(name, value);
  }
  // A 304 may carry the length of what it does not carry; here it says what content-length shall say.
  if (isEmpty && head.status === 304 && !raw.includes('content-length')) head.bodyLength = unknownLength;
  return head;
}

function hasBodySemantics(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
