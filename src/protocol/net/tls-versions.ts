import type { SecureVersion } from 'node:tls';

/** The oldest and newest TLS version that a side speaks. */
export interface TlsVersions {
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
}

/** What is spoken when nothing is said: Envoy's default for listeners. */
export const defaultTlsVersions: TlsVersions = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' };

const nodeNames: Readonly<Record<string, SecureVersion>> = {
  TLSv1: 'TLSv1',
  'TLSv1.0': 'TLSv1',
  'TLSv1.1': 'TLSv1.1',
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
};

/** ESPv2's `--ssl_minimum_protocol`, `--ssl_maximum_protocol`: `TLSv1.0` … `TLSv1.3`, undefined for another word. */
export function parseTlsVersion(name: string): SecureVersion | undefined {
  return Object.hasOwn(nodeNames, name) ? nodeNames[name] : undefined;
}

/** ESPv2's reading of `--ssl_protocols`: sorted as strings, first = minimum, last = maximum, unknown words ignored. */
export function tlsVersionsFromSortedNames(names: readonly string[]): Partial<TlsVersions> {
  const sorted = [...names].sort();
  const first = sorted[0];
  const last = sorted.at(-1);
  // nginx's `TLSv1` is not a name that ESPv2 knows.
  return toVersions(first === 'TLSv1' ? undefined : first, last === 'TLSv1' ? undefined : last);
}

/** nginx's (ESP v1's) reading of `--ssl_protocols`: the set of versions that are on; `SSLv2`, `SSLv3` are long gone. */
export function tlsVersionsFromSet(names: readonly string[]): Partial<TlsVersions> {
  const sorted = names.filter((name) => Object.hasOwn(nodeNames, name)).sort();
  return toVersions(sorted[0], sorted.at(-1));
}

function toVersions(first: string | undefined, last: string | undefined): Partial<TlsVersions> {
  const minVersion = parseTlsVersion(first ?? '');
  const maxVersion = parseTlsVersion(last ?? '');
  return {
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
}

const tls13Suites = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/**
 * The `ciphers` of a Node TLS context for a list as ESP's flags have it: OpenSSL names, BoringSSL's groups
 * (`[A|B]`) flattened. TLS 1.3 suites are never switched off by it, as in Envoy. Undefined: Node's default list.
 */
export function toCipherString(suites: readonly string[], minVersion: SecureVersion): string | undefined {
  const legacy = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  if (suites.length === 0) return legacy ? 'DEFAULT@SECLEVEL=0' : undefined;
  const names = suites
    .flatMap((suite) => suite.replaceAll(/[[\]\s]/g, '').split('|'))
    .filter((name) => name !== '');
  // OpenSSL 3 speaks TLS below 1.2 only at security level 0.
  return [tls13Suites, ...names].join(':') + (legacy ? ':@SECLEVEL=0' : '');
}
