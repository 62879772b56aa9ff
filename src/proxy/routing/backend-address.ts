import { isIPv6 } from 'node:net';

/** Where a backend is, as its URI says. */
export interface BackendAddress {
  /** Lower-case scheme as written, such as `grpcs`; `unix` for a socket. */
  readonly scheme: string;
  /** Without brackets; the socket's path for `unix`. */
  readonly host: string;
  /** 0 for `unix`. */
  readonly port: number;
  /** Without query and without one trailing slash; '' for none and for `/`. */
  readonly path: string;
}

export type BackendAddressResult =
  | { readonly kind: 'address'; readonly address: BackendAddress }
  | { readonly kind: 'error'; readonly problem: string };

/** How to talk to a backend. */
export interface BackendProtocol {
  readonly protocol: 'http/1.1' | 'h2' | 'grpc';
  readonly tls: boolean;
}

export type BackendProtocolResult =
  | ({ readonly kind: 'protocol' } & BackendProtocol)
  | { readonly kind: 'error'; readonly problem: string };

const schemePattern = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s;
const unixPattern = /^unix:(?:\/\/)?(\/[^\0]+)$/;
const authorityPattern = /^(?:\[([^\]]*)\]|([A-Za-z0-9._~%-]+))(?::([0-9]{1,5}))?$/;
const badEscapePattern = /%(?![0-9A-Fa-f]{2})/;
const maxPort = 65_535;

/**
 * Reads the address of `--backend` or of a backend rule: `scheme://host[:port][/path]`, `host[:port]` with the given
 * scheme assumed, or `unix:/path`. The default port is 443 for schemes that end in `s`, else 80; a query is dropped.
 * Source: espv2 util.ParseURI; start_esp `--backend`.
 * Differs from ESPv2: user information is refused, and so are ports beyond 65535.
 */
export function parseBackendAddress(
  text: string,
  assumedScheme: 'http' | 'https' = 'https',
): BackendAddressResult {
  const socket = unixPattern.exec(text)?.[1];
  if (socket !== undefined) return found({ scheme: 'unix', host: socket, port: 0, path: '' });
  const parts = schemePattern.exec(text);
  const scheme = parts?.[1]?.toLowerCase() ?? assumedScheme;
  const rest = (parts?.[2] ?? text).replace(/[?#].*$/s, '');
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash);
  const match = authorityPattern.exec(authority);
  if (match === null) return failed(text, authorityProblem(authority));
  const [, ipv6, name, port] = match;
  if (ipv6 !== undefined && !isIPv6(ipv6)) return failed(text, `invalid IPv6 address "${ipv6}"`);
  if (Number(port ?? 1) < 1 || Number(port ?? 1) > maxPort) return failed(text, `invalid port "${port}"`);
  if (badEscapePattern.test(rest)) return failed(text, `invalid URL escape "${badEscape(rest)}"`);
  if (/[^\x21-\x7e]/.test(path)) return failed(text, 'invalid character in path');
  return found({
    scheme,
    host: (ipv6 ?? name) as string,
    port: port === undefined ? (scheme.endsWith('s') ? 443 : 80) : Number(port),
    path: path.endsWith('/') ? path.slice(0, -1) : path,
  });
}

/** Scheme and `protocol` field of a backend together. Source: espv2 util.ParseBackendProtocol. */
export function toBackendProtocol(scheme: string, protocol: string): BackendProtocolResult {
  switch (scheme) {
    case 'grpc':
    case 'grpcs':
      return { kind: 'protocol', protocol: 'grpc', tls: scheme === 'grpcs' };
    case 'unix':
    case 'http':
    case 'https': {
      const wanted = protocol.toLowerCase();
      if (wanted === '' || wanted === 'http/1.1')
        return { kind: 'protocol', protocol: 'http/1.1', tls: scheme === 'https' };
      if (wanted === 'h2') return { kind: 'protocol', protocol: 'h2', tls: scheme === 'https' };
      return { kind: 'error', problem: `unknown backend http protocol [${protocol}]` };
    }
    default:
      return {
        kind: 'error',
        problem: `unknown backend scheme [${scheme}], should be one of http(s) or grpc(s)`,
      };
  }
}

function authorityProblem(authority: string): string {
  if (authority === '') return 'missing host';
  if (authority.startsWith('[') && !authority.includes(']')) return "missing ']' in host";
  if (!authority.startsWith('[') && authority.split(':').length > 2) return 'too many colons in address';
  const port = /:([^:\]]*)$/.exec(authority)?.[1];
  if (port !== undefined && !/^[0-9]{1,5}$/.test(port)) return `invalid port "${port}"`;
  return `invalid character in host name "${authority}"`;
}

function badEscape(text: string): string {
  const index = text.search(badEscapePattern);
  return text.slice(index, index + 3);
}

function found(address: BackendAddress): BackendAddressResult {
  return { kind: 'address', address };
}

function failed(text: string, problem: string): BackendAddressResult {
  return { kind: 'error', problem: `invalid backend address "${text}": ${problem}` };
}
