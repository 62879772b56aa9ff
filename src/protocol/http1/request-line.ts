import type { HttpVersion } from '../http/stream.ts';
import { isAuthority } from './authority.ts';
import { isToken } from './octets.ts';
import type { Http1Problem } from './problem.ts';

/** The parts of a request line, checked. */
export interface RequestLine {
  readonly method: string;
  /** Origin form, `*`, or the authority for CONNECT. */
  readonly target: string;
  /** From an absolute-form target; undefined for the other forms. */
  readonly authority: string | undefined;
  /** From an absolute-form target; undefined for the other forms. */
  readonly scheme: 'http' | 'https' | undefined;
  readonly version: HttpVersion;
  /** The version is one that the rules refuse; everything else is in order. */
  readonly isLowVersion: boolean;
}

/** Which methods are taken: those that Envoy's HTTP/1 parser knows, or every token. */
export type MethodRule = 'known' | 'token';

/** The methods of Envoy's HTTP/1 parser. */
const knownMethods: readonly string[] =
  `ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY
  OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK
  UNSUBSCRIBE`.split(/\s+/);

/** From a method's text to the one string that stands for it. */
const methodByText: ReadonlyMap<string, string> = new Map(knownMethods.map((method) => [method, method]));
const schemePattern = /^[a-z][a-z0-9+.-]*$/i;
const versionPattern = /^HTTP\/\d\.\d$/;

/** Reads `method SP request-target SP HTTP-version` (RFC 9112 §3) or says why it cannot be taken. */
export function parseRequestLine(
  line: string,
  rules: { readonly methods: MethodRule; readonly http10: 'accept' | 'reject' },
): RequestLine | Http1Problem {
  const methodEnd = line.indexOf(' ');
  const targetEnd = line.indexOf(' ', methodEnd + 1);
  if (methodEnd <= 0) return 'invalid_request_line';
  // HTTP/0.9 had nothing after the target.
  if (targetEnd < 0) return rules.http10 === 'reject' ? 'low_version' : 'invalid_request_line';
  const version = parseVersion(line.slice(targetEnd + 1), rules.http10);
  if (typeof version === 'string') return version;
  const methodText = line.slice(0, methodEnd);
  const known = methodByText.get(methodText);
  if (known === undefined && (rules.methods === 'known' || !isToken(methodText))) return 'unknown_method';
  const method = known ?? methodText;
  const target = line.slice(methodEnd + 1, targetEnd);
  if (target.charCodeAt(0) === 0x2f && method !== 'CONNECT') return toLine(method, target, version);
  return parseOtherTarget(method, target, version);
}

interface Version {
  readonly version: HttpVersion;
  readonly isLowVersion: boolean;
}

const http11: Version = { version: 'HTTP/1.1', isLowVersion: false };
const http10: Version = { version: 'HTTP/1.0', isLowVersion: false };
const http10Refused: Version = { version: 'HTTP/1.0', isLowVersion: true };

function parseVersion(text: string, rule: 'accept' | 'reject'): Version | Http1Problem {
  if (text === 'HTTP/1.1') return http11;
  if (text === 'HTTP/1.0') return rule === 'accept' ? http10 : http10Refused;
  if (text === 'HTTP/0.9') return 'low_version';
  return versionPattern.test(text) ? 'unsupported_version' : 'invalid_request_line';
}

/** Without spreading: this one is on the way of every request. */
function toLine(method: string, target: string, { version, isLowVersion }: Version): RequestLine {
  return { method, target, authority: undefined, scheme: undefined, version, isLowVersion };
}

/** The forms of RFC 9112 §3.2.2–§3.2.4. */
function parseOtherTarget(method: string, target: string, version: Version): RequestLine | Http1Problem {
  const plain = toLine(method, target, version);
  if (method === 'CONNECT') return isAuthority(target) && target.includes(':') ? plain : 'invalid_target';
  if (target === '*') return method === 'OPTIONS' ? plain : 'invalid_target';
  if (target === '') return 'invalid_target';
  const schemeEnd = target.indexOf('://');
  if (schemeEnd <= 0 || !schemePattern.test(target.slice(0, schemeEnd))) return 'invalid_url';
  const scheme = target.slice(0, schemeEnd).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return 'invalid_scheme';
  const rest = target.slice(schemeEnd + 3);
  const pathStart = rest.search(/[/?]/);
  const authority = pathStart < 0 ? rest : rest.slice(0, pathStart);
  // A fragment is for the client alone (RFC 9110 §7.1).
  if (!isAuthority(authority) || rest.includes('#')) return 'invalid_url';
  return { ...toLine(method, toOriginForm(method, rest, pathStart), version), authority, scheme };
}

function toOriginForm(method: string, rest: string, pathStart: number): string {
  if (pathStart < 0) return method === 'OPTIONS' ? '*' : '/';
  return rest[pathStart] === '/' ? rest.slice(pathStart) : `/${rest.slice(pathStart)}`;
}
