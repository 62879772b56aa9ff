import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Tells why a request that a web page may have made is refused; undefined when it is not. A page in somebody's browser
 * must not reach this server: neither from another origin (`Origin`), nor under a name that it lets resolve to loopback
 * (`Host` other than an address, localhost or a configured name at a loopback connection).
 */
export function createPageGuard(
  configuredUrls: readonly string[],
): (request: IncomingMessage) => string | undefined {
  const known: ReadonlySet<string> = new Set(configuredUrls.map(hostOf));
  return ({ headers, socket }) => {
    const host = headers.host?.toLowerCase() ?? '';
    if (isLoopback(socket.localAddress ?? '') && !known.has(host) && !isAddressOrLocal(host))
      return `The name ${JSON.stringify(host)} is not one of this server. Start it with the URL that clients use (--public-url).`;
    if (headers.origin === undefined) return undefined;
    const origin = hostOf(headers.origin);
    if (origin !== '' && (origin === host || known.has(origin))) return undefined;
    return 'Requests of web pages of other origins are not answered.';
  };
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function isAddressOrLocal(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === '' || name === 'localhost' || isIP(name) !== 0;
}

/** '' for the `null` of sandboxed pages and for what is no URL: nobody's host. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
