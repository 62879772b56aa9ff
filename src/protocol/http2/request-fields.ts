import { randomBytes } from 'node:crypto';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { mayBeTrailer } from '../http/trailer-names.ts';
import { isAuthority } from '../http1/authority.ts';
import type { Http2Limits } from './http2-settings.ts';

/** Why a request's fields are refused; Envoy's response code details. */
export type Http2RejectReason =
  | 'http2.unexpected_underscore'
  | 'http2.too_many_headers'
  | 'http2.violation.of.messaging.rule';

const colon = 58;

/**
 * The request head that a HEADERS frame carries, or why it is refused. nghttp2 has checked the syntax of names and
 * values, the set of pseudo fields and the absence of connection-specific fields (RFC 9113 §8.2, §8.3); what the
 * authority may be is decided as for `Host` in HTTP/1.1, because a backend may get it as one. IPv6 addresses pass without
 * brackets, too: node:http2 forgets them.
 *
 * @param raw name, value, …, pseudo fields first, as node:http2 gives them
 * @param endOfStream no body follows
 */
export function parseRequestFields(
  raw: readonly string[],
  endOfStream: boolean,
  limits: Http2Limits,
): RequestHead | Http2RejectReason {
  if (raw.length > limits.maxHeaderFields * 2) return 'http2.too_many_headers';
  const head: RequestHead = {
    method: '',
    scheme: 'http',
    authority: '',
    target: '',
    headers: [],
    version: 'HTTP/2',
    bodyLength: endOfStream ? 0 : unknownLength,
    upgrade: undefined,
  };
  let bytes = 0;
  let host: string | undefined;
  let cookieAt = -1;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    bytes += name.length + value.length;
    if (name.charCodeAt(0) === colon) {
      readPseudoField(head, name, value);
      continue;
    }
    switch (name) {
      case 'host':
        host = value;
        continue;
      case 'content-length':
        head.bodyLength = Number(value);
        continue;
      case 'expect':
        continue;
      case 'cookie':
        // RFC 9113 §8.2.3: crumbs become one field again before they leave HTTP/2.
        if (cookieAt >= 0) {
          head.headers[cookieAt] += `; ${value}`;
          continue;
        }
        cookieAt = head.headers.length + 1;
        break;
      default:
        if (!limits.allowUnderscores && name.includes('_')) {
          if (limits.dropsUnderscores) continue;
          return 'http2.unexpected_underscore';
        }
    }
    head.headers.push(name, value);
  }
  if (bytes > limits.maxHeaderBytes) return 'http2.too_many_headers';
  if (head.authority === '' && host !== undefined) head.authority = host;
  if (head.authority !== '' && !isAuthority(head.authority) && !isBareIPv6(head.authority))
    return 'http2.violation.of.messaging.rule';
  return finishHead(head, endOfStream);
}

/** True when the request asks for `100 Continue` (RFC 9110 §10.1.1). */
export function expectsContinue(raw: readonly string[]): boolean {
  for (let i = 0; i < raw.length; i += 2)
    if (raw[i] === 'expect') return (raw[i + 1] as string).toLowerCase() === '100-continue';
  return false;
}

/** Trailers as they may be passed on: no pseudo fields, nothing that frames or routes a message (RFC 9110 §6.5.1). */
export function parseTrailerFields(raw: readonly string[], limits: Http2Limits): HeaderList {
  const trailers: HeaderList = [];
  for (let i = 0; i < raw.length && trailers.length < limits.maxHeaderFields * 2; i += 2) {
    const name = raw[i] as string;
    if (name.charCodeAt(0) === colon || !mayBeTrailer(name)) continue;
    if (!limits.allowUnderscores && name.includes('_')) continue;
    trailers.push(name, raw[i + 1] as string);
  }
  return trailers;
}

/** An IPv6 address without brackets, with a port or without: ambiguous, but it names no other host. */
function isBareIPv6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':') && /^[\dA-Fa-f:.]+$/.test(text);
}

function readPseudoField(head: RequestHead, name: string, value: string): void {
  switch (name) {
    case ':method':
      head.method = value;
      return;
    case ':path':
      head.target = value;
      return;
    case ':scheme':
      if (value === 'https') head.scheme = 'https';
      return;
    case ':authority':
      head.authority = value;
      return;
    case ':protocol':
      head.upgrade = value.toLowerCase();
  }
}

function finishHead(head: RequestHead, endOfStream: boolean): RequestHead | Http2RejectReason {
  if (head.method !== 'CONNECT') {
    const isOrigin = head.target.startsWith('/') || (head.target === '*' && head.method === 'OPTIONS');
    return isOrigin ? head : 'http2.violation.of.messaging.rule';
  }
  if (head.upgrade === undefined) {
    head.target = head.authority;
    return head;
  }
  if (!head.target.startsWith('/') || endOfStream) return 'http2.violation.of.messaging.rule';
  // RFC 8441 §5: the rest of the gateway sees what an HTTP/1.1 client would have sent.
  head.method = 'GET';
  head.bodyLength = 0;
  if (head.upgrade === 'websocket' && !head.headers.includes('sec-websocket-key'))
    head.headers.push('sec-websocket-key', randomBytes(16).toString('base64'));
  return head;
}
