import { randomBytes } from 'node:crypto';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { isAuthority } from '../http1/authority.ts';
import { isPseudoField } from './field-kinds.ts';
import type { Http2Limits } from './http2-settings.ts';
import { parseLength, readTrailers } from './incoming-fields.ts';

/** Why a request's fields are refused; Envoy's response code details. */
export type Http2RejectReason =
  | 'http2.unexpected_underscore'
  | 'http2.too_many_headers'
  | 'http2.violation.of.messaging.rule';

const violation = 'http2.violation.of.messaging.rule';
const space = 0x20;
const del = 0x7f;

/** Pseudo fields of a request (RFC 9113 §8.3.1, RFC 8441 §4), as bits. */
const Pseudo = { METHOD: 1, SCHEME: 2, AUTHORITY: 4, PATH: 8, PROTOCOL: 16 } as const;
/** Not asked for: `host` may stand for the authority. */
const requestPseudo = Pseudo.METHOD | Pseudo.SCHEME | Pseudo.PATH;
const connectPseudo = Pseudo.METHOD | Pseudo.AUTHORITY;
const extendedConnectPseudo = requestPseudo | Pseudo.AUTHORITY | Pseudo.PROTOCOL;

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const schemeName = /^[A-Za-z][A-Za-z0-9+.-]*$/;

/**
 * Reads request heads out of field lists that HPACK has decoded, in one pass (RFC 9113 §8.3). What the authority may be
 * is decided as for `Host` in HTTP/1.1, because a backend may get it as one. IPv6 addresses pass without brackets, too:
 * the clients of node:http2 forget them.
 */
export class RequestFields {
  /** The request read last asks for `100 Continue` (RFC 9110 §10.1.1). */
  expectsContinue = false;
  readonly #limits: Http2Limits;
  readonly #scheme: 'http' | 'https';
  readonly #acceptsTrailer: (name: string) => boolean;
  #host: string | undefined = undefined;
  /** Bits of {@link Pseudo}. */
  #seen = 0;

  /** @param scheme the connection's, which counts: what a client claims in `:scheme` is only checked, as in HTTP/1.1 */
  constructor(limits: Http2Limits, scheme: 'http' | 'https') {
    this.#limits = limits;
    this.#scheme = scheme;
    this.#acceptsTrailer = (name) => limits.allowUnderscores || !name.includes('_');
  }

  /**
   * The request head of a field list, or why it is refused.
   *
   * @param fields name, value, …; the syntax of both is checked (RFC 9113 §8.2.1)
   * @param endOfStream no body follows
   */
  read(fields: readonly string[], endOfStream: boolean): RequestHead | Http2RejectReason {
    const head: RequestHead = {
      method: '',
      scheme: this.#scheme,
      authority: '',
      target: '',
      headers: [],
      version: 'HTTP/2',
      bodyLength: unknownLength,
      upgrade: undefined,
    };
    this.expectsContinue = false;
    this.#host = undefined;
    this.#seen = 0;
    let at = 0;
    for (; at < fields.length; at += 2) {
      const name = fields[at] as string;
      if (!isPseudoField(name)) break;
      if (!this.#readPseudo(head, name, fields[at + 1] as string)) return violation;
    }
    const reason = this.#readFields(head, fields, at);
    if (reason !== undefined) return reason;
    return this.#finish(head, endOfStream) ? head : violation;
  }

  /** Trailers as they may be passed on; undefined: they are malformed. */
  readTrailers(fields: readonly string[]): HeaderList | undefined {
    return readTrailers(fields, this.#acceptsTrailer);
  }

  #readPseudo(head: RequestHead, name: string, value: string): boolean {
    switch (name) {
      case ':method':
        head.method = value;
        return this.#note(Pseudo.METHOD) && isMethod(value);
      case ':path':
        head.target = value;
        return this.#note(Pseudo.PATH) && isPath(value);
      case ':scheme':
        return this.#note(Pseudo.SCHEME) && (value === 'http' || value === 'https' || schemeName.test(value));
      case ':authority':
        head.authority = value;
        return this.#note(Pseudo.AUTHORITY) && value !== '';
      case ':protocol':
        head.upgrade = value.toLowerCase();
        return this.#note(Pseudo.PROTOCOL) && token.test(value);
      default:
        return false;
    }
  }

  /** False: the pseudo field was there before. */
  #note(bit: number): boolean {
    const isFirst = (this.#seen & bit) === 0;
    this.#seen |= bit;
    return isFirst;
  }

  /** Reads the fields behind the pseudo fields. */
  #readFields(head: RequestHead, fields: readonly string[], from: number): Http2RejectReason | undefined {
    const { headers } = head;
    let cookieAt = 0;
    for (let i = from; i < fields.length; i += 2) {
      const name = fields[i] as string;
      const value = fields[i + 1] as string;
      switch (name) {
        case 'cookie':
          // RFC 9113 §8.2.3: crumbs become one field again before they leave HTTP/2.
          if (cookieAt > 0) headers[cookieAt] += `; ${value}`;
          else cookieAt = headers.push(name, value) - 1;
          break;
        case 'host':
          if (this.#host !== undefined) return violation;
          this.#host = value;
          break;
        case 'content-length':
          if (head.bodyLength !== unknownLength) return violation;
          head.bodyLength = parseLength(value);
          if (head.bodyLength < 0) return violation;
          break;
        case 'expect':
          this.expectsContinue = value.toLowerCase() === '100-continue';
          break;
        case 'te':
          if (value.toLowerCase() !== 'trailers') return violation;
          headers.push(name, value);
          break;
        case 'connection':
        case 'keep-alive':
        case 'proxy-connection':
        case 'transfer-encoding':
        case 'upgrade':
          return violation;
        default:
          if (name.includes('_') && !this.#limits.allowUnderscores) {
            if (this.#limits.dropsUnderscores) continue;
            return 'http2.unexpected_underscore';
          }
          if (isPseudoField(name)) return violation;
          headers.push(name, value);
      }
    }
    return undefined;
  }

  /** Decides what needs all fields. False: the request is malformed. */
  #finish(head: RequestHead, endOfStream: boolean): boolean {
    const host = this.#host;
    if (host !== undefined && !isHost(host)) return false;
    if (head.authority === '') head.authority = host ?? '';
    if (head.authority !== host && !isHost(head.authority)) return false;
    if (head.method === 'CONNECT') return this.#finishConnect(head, endOfStream);
    if (this.#seen !== requestPseudo && this.#seen !== (requestPseudo | Pseudo.AUTHORITY)) return false;
    if (endOfStream) {
      if (head.bodyLength > 0) return false;
      head.bodyLength = 0;
    }
    return head.target.charCodeAt(0) === slash || (head.target === '*' && head.method === 'OPTIONS');
  }

  #finishConnect(head: RequestHead, endOfStream: boolean): boolean {
    if (head.upgrade === undefined) {
      head.target = head.authority;
      if (endOfStream) head.bodyLength = 0;
      return this.#seen === connectPseudo;
    }
    if (this.#seen !== extendedConnectPseudo || endOfStream) return false;
    if (head.target.charCodeAt(0) !== slash) return false;
    // RFC 8441 §5: the rest of the gateway sees what an HTTP/1.1 client would have sent.
    head.method = 'GET';
    head.bodyLength = 0;
    if (head.upgrade === 'websocket' && !head.headers.includes('sec-websocket-key'))
      head.headers.push('sec-websocket-key', randomBytes(16).toString('base64'));
    return true;
  }
}

const slash = 0x2f;

function isMethod(value: string): boolean {
  return value === 'GET' || value === 'POST' || token.test(value);
}

/** No blanks and no control characters; the gateway looks at the rest. */
function isPath(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const octet = value.charCodeAt(i);
    if (octet <= space || octet === del) return false;
  }
  return value.length > 0;
}

/** Whether an authority, or a `Host`, is one. */
function isHost(text: string): boolean {
  return isAuthority(text) || isBareIPv6(text);
}

/** An IPv6 address without brackets, with a port or without: ambiguous, but it names no other host. */
function isBareIPv6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':') && /^[\dA-Fa-f:.]+$/.test(text);
}
