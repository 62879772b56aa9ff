import { isIPv6 } from 'node:net';
import { hexValue } from './octets.ts';

/** Octets of a host name: unreserved and sub-delims (RFC 3986 §3.2.2), save the comma, which joins repeated fields. */
const isHostOctet: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) =>
  /[A-Za-z0-9._~!$&'()*+;=-]/.test(String.fromCharCode(octet)) ? 1 : 0,
);
const maxPort = 65_535;

/**
 * Whether `text` is `host [":" port]` (RFC 9110 §7.2): a name, an IPv4 address or a bracketed IPv6 address, a port that
 * exists, and no user information.
 */
export function isAuthority(text: string): boolean {
  const hostEnd = text.charCodeAt(0) === 0x5b ? endOfBrackets(text) : endOfName(text);
  if (hostEnd <= 0) return false;
  return hostEnd === text.length || (text[hostEnd] === ':' && isPort(text, hostEnd + 1));
}

function endOfName(text: string): number {
  let i = 0;
  for (; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    if (isHostOctet[octet] === 1) continue;
    if (octet !== 0x25 || !isEscape(text, i)) break;
    i += 2;
  }
  return i;
}

function isEscape(text: string, at: number): boolean {
  return (hexValue[text.charCodeAt(at + 1)] ?? 255) < 16 && (hexValue[text.charCodeAt(at + 2)] ?? 255) < 16;
}

function endOfBrackets(text: string): number {
  const end = text.indexOf(']');
  const address = text.slice(1, end);
  return end > 0 && !address.includes('%') && isIPv6(address) ? end + 1 : -1;
}

function isPort(text: string, from: number): boolean {
  let port = 0;
  for (let i = from; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
    if (port > maxPort) return false;
  }
  return true;
}
