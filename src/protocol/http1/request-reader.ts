import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { isAuthority } from './authority.ts';
import type { UnderscoreRule } from './field-reader.ts';
import { FieldReader } from './field-reader.ts';
import type { HeadScanner } from './head-scanner.ts';
import type { Http1Problem } from './problem.ts';
import type { MethodRule, RequestLine } from './request-line.ts';
import { parseRequestLine } from './request-line.ts';

/** What a request may be. */
export interface RequestRules {
  readonly methods: MethodRule;
  readonly http10: 'accept' | 'reject';
  readonly underscores: UnderscoreRule;
  /** Protocols that a client may upgrade to, lower case. */
  readonly upgrades: readonly string[];
  /**
   * Another upgrade than those is refused (Envoy), taken for an ordinary request (nginx), or handed on like those.
   * `h2c` is always an ordinary request.
   */
  readonly otherUpgrades: 'reject' | 'ignore' | 'accept';
  /** CONNECT is refused, or handed on to be refused there: a tunnel is never made of it. */
  readonly connect: 'reject' | 'accept';
  /** An HTTP/1.1 request without `Host`, or with an empty one, is refused, or handed on with an empty authority. */
  readonly missingHost: 'reject' | 'accept';
  /** Refuses `https://` targets on a connection without TLS. Envoy: only as an edge proxy. */
  readonly refuseHttpsOnPlaintext: boolean;
}

/** Turns a scanned head into a {@link RequestHead}. One per connection; the members tell about the last one read. */
export class RequestReader {
  /** Why the request is refused. */
  problem: Http1Problem | undefined = undefined;
  /** The connection may serve another request after this one. */
  keepAlive = false;
  /** The client waits for `100 Continue` before it sends the body. */
  expectsContinue = false;
  /** Fields that the client nominated to end at this hop: its trailers may not bring them back. */
  nominated: readonly string[] = [];
  readonly #rules: RequestRules;
  readonly #scheme: 'http' | 'https';
  readonly #fields: FieldReader;

  constructor(rules: RequestRules, scheme: 'http' | 'https') {
    this.#rules = rules;
    this.#scheme = scheme;
    this.#fields = new FieldReader(rules.underscores);
  }

  /** The request, or undefined if not even a head could be made; {@link problem} may be set in both cases. */
  read(scanner: HeadScanner): RequestHead | undefined {
    this.keepAlive = false;
    this.expectsContinue = false;
    const line = parseRequestLine(scanner.startLine, this.#rules);
    this.problem = typeof line === 'string' ? line : this.#fields.read(scanner);
    if (this.problem !== undefined || typeof line === 'string') return undefined;
    const head = this.#createHead(line);
    this.problem = this.#findProblem(line, head);
    return head;
  }

  #createHead(line: RequestLine): RequestHead {
    const fields = this.#fields;
    const { connection } = fields;
    this.nominated = connection.nominated;
    this.keepAlive = !connection.close && (line.version === 'HTTP/1.1' || connection.keepAlive);
    return {
      method: line.method,
      scheme: this.#scheme,
      authority: line.authority ?? fields.host ?? '',
      target: line.target,
      headers: fields.headers,
      version: line.version,
      bodyLength: fields.isChunked ? unknownLength : Math.max(0, fields.contentLength),
      upgrade: undefined,
    };
  }

  #findProblem(line: RequestLine, head: RequestHead): Http1Problem | undefined {
    const { host, isChunked } = this.#fields;
    if (line.isLowVersion) return 'low_version';
    // RFC 9112 §6.1: a server that knows only 1.0 would not see where this body ends.
    if (isChunked && line.version === 'HTTP/1.0') return 'encoding_in_http10';
    if (host !== undefined && host !== '' && !isAuthority(host)) return 'invalid_host';
    // RFC 9112 §3.2: even where an absolute target says it already.
    const isMissing = host === undefined || head.authority === '';
    if (isMissing && line.version === 'HTTP/1.1' && this.#rules.missingHost === 'reject')
      return 'missing_host';
    if (line.scheme === 'https' && this.#scheme === 'http' && this.#rules.refuseHttpsOnPlaintext)
      return 'https_url_on_plaintext';
    if (line.method === 'CONNECT') {
      if (head.bodyLength !== 0) return 'body_disallowed';
      this.keepAlive = false;
      return this.#rules.connect === 'reject' ? 'connect_refused' : undefined;
    }
    return this.#readExpect(head) ?? this.#readUpgrade(head);
  }

  #readExpect(head: RequestHead): Http1Problem | undefined {
    const { expect } = this.#fields;
    // RFC 9110 §10.1.1: of no meaning in HTTP/1.0.
    if (expect === undefined || head.version === 'HTTP/1.0') return undefined;
    if (expect.toLowerCase() !== '100-continue') return 'unknown_expectation';
    this.expectsContinue = head.bodyLength !== 0;
    return undefined;
  }

  #readUpgrade(head: RequestHead): Http1Problem | undefined {
    const { upgrade, connection } = this.#fields;
    if (upgrade === undefined || !connection.upgrade || head.version === 'HTTP/1.0') return undefined;
    const protocols = upgrade
      .split(',')
      .map((element) => element.trim().toLowerCase())
      .filter((protocol) => protocol !== '' && protocol !== 'h2c');
    if (protocols.length === 0) return undefined;
    const protocol = protocols.join(', ');
    const rule = this.#rules.upgrades.includes(protocol) ? 'accept' : this.#rules.otherUpgrades;
    if (rule !== 'accept') return rule === 'reject' ? 'unsupported_upgrade' : undefined;
    // What follows would be the body to one reader and the tunnel to another.
    if (head.bodyLength !== 0) return 'body_disallowed';
    head.upgrade = protocol;
    return undefined;
  }
}
