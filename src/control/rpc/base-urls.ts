import { isIPv6 } from 'node:net';

/** The URLs under which one request may know us. */
export interface RequestBaseUrls {
  /**
   * The one to put into what outlives the call, such as key files, without a trailing slash: the configured one that
   * the client used, else the first configured, else what the client used.
   */
  readonly reached: string;
  /** Those that a self-signed token may name as its audience. */
  readonly accepted: readonly string[];
}

/**
 * Base URLs of a request from its Host header and the configured public ones.
 *
 * The Host header is the client's word: were it accepted beside configured URLs, a token that its owner signed for
 * another server could be replayed here under that server's name. So it counts only where nothing is configured, or
 * when it names this machine.
 */
export function resolveBaseUrls(host: string | undefined, configured: readonly string[]): RequestBaseUrls {
  const name = host !== undefined && isHost(host) ? host.toLowerCase() : undefined;
  const fromHost = name === undefined ? [] : [`http://${name}`, `https://${name}`];
  const known = fromHost.find((url) => configured.includes(url));
  const isTrusted = configured.length === 0 || (name !== undefined && isLoopback(name));
  const reached = known ?? configured[0] ?? fromHost[0] ?? 'http://localhost';
  return { reached, accepted: isTrusted ? [...configured, ...fromHost] : configured };
}

function isHost(host: string): boolean {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host);
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || (isIPv6(name) ? name === '::1' : /^127\.\d+\.\d+\.\d+$/.test(name));
}
