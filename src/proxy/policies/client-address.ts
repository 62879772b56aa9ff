import { BlockList, isIP } from 'node:net';
import { getHeaderValues } from '../../protocol/http/headers.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';

/** Where the client's address comes from. */
export type ClientAddressPolicy =
  /**
   * Envoy's trusted hops. Flags `--envoy_use_remote_address` (default false) and `--envoy_xff_num_trusted_hops` (default
   * 2, 0 with `--on_serverless`).
   */
  | {
      readonly kind: 'trusted-hops';
      readonly useRemoteAddress: boolean;
      readonly hops: number;
      /** Go flag `client_ip_from_forwarded_header`: RFC 7239 `Forwarded` first. Default false. */
      readonly fromForwarded: boolean;
    }
  /**
   * ESP v1: `--xff_trusted_proxy_list` (default `0.0.0.0/0, 0::/0`), and `--client_ip_header` with
   * `--client_ip_position` (default 0, negative from the end), which wins where it yields an address.
   */
  | {
      readonly kind: 'trusted-proxies';
      readonly proxies: BlockList;
      /** Lower case; undefined: no such flag. */
      readonly header: string | undefined;
      readonly position: number;
    };

const forwardedFor = 'x-forwarded-for';

/** The client's address, without brackets and port; `peer` when the headers tell none. */
export function resolveClientAddress(
  policy: ClientAddressPolicy,
  headers: readonly string[],
  peer: string,
): string {
  switch (policy.kind) {
    case 'trusted-hops':
      return (
        (policy.fromForwarded ? forwardedAddress(headers) : undefined) ?? byHops(policy, headers) ?? peer
      );
    case 'trusted-proxies':
      return byPosition(policy, headers) ?? byProxies(policy.proxies, headers, peer);
    default:
      policy satisfies never;
      throw new TypeError('unknown client address policy');
  }
}

/**
 * Appends the peer to `x-forwarded-for`, as `use_remote_address` wants it; for a loopback peer the proxy's own address.
 * Source: Envoy conn_manager_utility.cc.
 */
export function appendForwardedFor(
  headers: HeaderList,
  connection: { readonly remoteAddress: string; readonly localAddress: string },
): void {
  const { remoteAddress, localAddress } = connection;
  const address = isLoopback(remoteAddress) ? localAddress : remoteAddress;
  if (address === '') return;
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (headers[i] !== forwardedFor) continue;
    headers[i + 1] = headers[i + 1] === '' ? address : `${headers[i + 1]},${address}`;
    return;
  }
  headers.push(forwardedFor, address);
}

/** A list of addresses and CIDR ranges, separated by commas. `problem` names the first entry that is neither. */
export function parseTrustedProxies(
  text: string,
):
  | { readonly kind: 'proxies'; readonly proxies: BlockList }
  | { readonly kind: 'error'; readonly problem: string } {
  const proxies = new BlockList();
  for (const entry of text.split(/[,\s]+/)) {
    if (entry === '') continue;
    const [address, prefix, ...more] = entry.split('/');
    const family = isIP(address as string) === 6 ? 'ipv6' : 'ipv4';
    const maxPrefix = family === 'ipv6' ? 128 : 32;
    const bits = prefix === undefined ? maxPrefix : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
    if (isIP(address as string) === 0 || bits > maxPrefix || more.length > 0)
      return { kind: 'error', problem: `'${entry}' is no address and no CIDR range` };
    proxies.addSubnet(address as string, bits, family);
  }
  return { kind: 'proxies', proxies };
}

/**
 * The address in `Forwarded`: of exactly one field, its last section, the parameter spelt `for=`.
 * Source: espv2 service_control client_ip.
 */
function forwardedAddress(headers: readonly string[]): string | undefined {
  const [value, ...others] = getHeaderValues(headers, 'forwarded');
  if (value === undefined || others.length > 0) return undefined;
  const section = value.slice(value.lastIndexOf(',') + 1);
  const parameter = section
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith('for='));
  if (parameter === undefined) return undefined;
  const unquoted = unwrap(parameter.slice('for='.length), '"', '"');
  const address = unwrap(unquoted, '[', ']');
  return isAddress(address) ? address : undefined;
}

/** Source: Envoy utility.cc getLastAddressFromXFF. */
function byHops(
  policy: Extract<ClientAddressPolicy, { kind: 'trusted-hops' }>,
  headers: readonly string[],
): string | undefined {
  if (policy.useRemoteAddress && policy.hops === 0) return undefined;
  const list = getHeaderValues(headers, forwardedFor).join(',');
  const skipped = policy.useRemoteAddress ? policy.hops - 1 : policy.hops;
  let end = list.length;
  for (let i = 0; i < skipped; i++) {
    end = list.lastIndexOf(',', end - 1);
    if (end < 0) return undefined;
  }
  const start = end === 0 ? 0 : list.lastIndexOf(',', end - 1) + 1;
  const address = list.slice(start, end).trim();
  return isAddress(address) ? address : undefined;
}

/**
 * From the right, the first address that is no trusted proxy; when all are, the leftmost one. An entry that is no
 * address ends the search. Source: nginx realip module with real_ip_recursive.
 */
function byProxies(proxies: BlockList, headers: readonly string[], peer: string): string {
  let address = peer;
  const entries = getHeaderValues(headers, forwardedFor).join(',').split(',');
  for (let i = entries.length - 1; i >= 0 && isTrusted(proxies, address); i--) {
    const entry = withoutPort((entries[i] as string).trim());
    if (!isAddress(entry)) break;
    address = entry;
  }
  return address;
}

/** Source: esp client_ip extraction. */
function byPosition(
  policy: Extract<ClientAddressPolicy, { kind: 'trusted-proxies' }>,
  headers: readonly string[],
): string | undefined {
  if (policy.header === undefined) return undefined;
  const address = getHeaderValues(headers, policy.header).join(',').split(',').at(policy.position)?.trim();
  return address !== undefined && isAddress(address) ? address : undefined;
}

function isTrusted(proxies: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && proxies.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether Envoy would call a request internal: it came straight from a private address. Only for trusted hops.
 * Source: Envoy conn_manager_utility.cc.
 */
export function isInternalRequest(
  policy: Extract<ClientAddressPolicy, { kind: 'trusted-hops' }>,
  headers: readonly string[],
  clientAddress: string,
): boolean {
  const received = getHeaderValues(headers, forwardedFor);
  const isDirect = policy.useRemoteAddress
    ? received.length === 0
    : policy.hops === 0 && received.length === 1 && !(received[0] as string).includes(',');
  return isDirect && isTrusted(internalAddresses, clientAddress);
}

const internalAddresses = new BlockList();
internalAddresses.addSubnet('10.0.0.0', 8, 'ipv4');
internalAddresses.addSubnet('172.16.0.0', 12, 'ipv4');
internalAddresses.addSubnet('192.168.0.0', 16, 'ipv4');
internalAddresses.addAddress('127.0.0.1', 'ipv4');
internalAddresses.addSubnet('fc00::', 7, 'ipv6');
internalAddresses.addAddress('::1', 'ipv6');

/** A bare IPv4 or IPv6 address without zone. */
function isAddress(text: string): boolean {
  return !text.includes('%') && isIP(text) !== 0;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** `1.2.3.4:80` and `[::1]:80` without their ports and brackets, as nginx reads them. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  return bracketed ?? /^([^:]+):\d+$/.exec(text)?.[1] ?? text;
}

function unwrap(text: string, open: string, close: string): string {
  const start = text.startsWith(open) ? 1 : 0;
  const end = text.endsWith(close) && text.length > start ? text.length - 1 : text.length;
  return text.slice(start, end);
}
