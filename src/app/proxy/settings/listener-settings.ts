import { join } from 'node:path';
import { ConfigError } from '../../../core/errors.ts';
import { generateCertificate } from '../../../protocol/net/certificate.ts';
import type { ListenerOptions } from '../../../protocol/net/listener.ts';
import type { CertificateSource, TlsServerOptions } from '../../../protocol/net/tls-server-contexts.ts';
import {
  parseTlsVersion,
  type TlsVersions,
  tlsVersionsFromSet,
  tlsVersionsFromSortedNames,
} from '../../../protocol/net/tls-versions.ts';
import { type FlagReader, splitList } from '../../flags/flag-reader.ts';
import { parseDurationMs } from '../../flags/parse-flags.ts';
import type { CodecSettings } from './proxy-settings.ts';

/** Where ESP v1 keeps its certificates; ESPv2 knows the folder by its old file names. */
const nginxCertificateFolder = '/etc/nginx/ssl';
const unixPrefix = 'unix:';

/** The ports to listen on: one for ESPv2, up to three for ESP v1. */
export function toListeners(flags: FlagReader): ListenerOptions[] {
  return flags.runtimeVersion === '2' ? [listenerOfV2(flags)] : listenersOfV1(flags);
}

function listenerOfV2(flags: FlagReader): ListenerOptions {
  const portFlag = ['http_port', 'http2_port', 'ssl_port'].find(
    (name) => flags.isGiven(name) && flags.int(name) !== 0,
  );
  const certificate = certificateOfV2(flags);
  return withPlace(
    flags,
    flags.int(portFlag ?? 'listener_port'),
    certificate === undefined ? undefined : tlsOf(flags, certificate),
  );
}

function certificateOfV2(flags: FlagReader): CertificateSource | undefined {
  if (flags.isOn('generate_self_signed_cert')) return selfSigned();
  const folder =
    flags.optionalText('ssl_server_cert_path') ??
    (flags.isGiven('ssl_port') ? nginxCertificateFolder : undefined);
  if (folder === undefined) return undefined;
  const name = folder.includes(nginxCertificateFolder) ? 'nginx' : 'server';
  return { kind: 'files', certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
}

function listenersOfV1(flags: FlagReader): ListenerOptions[] {
  const listeners: ListenerOptions[] = [];
  const hasOtherPort = flags.isGiven('http2_port') || flags.isGiven('ssl_port');
  const httpPort = flags.isGiven('http_port') || !hasOtherPort ? flags.int('http_port') : 0;
  if (httpPort !== 0 || !hasOtherPort) listeners.push(withPlace(flags, httpPort, undefined));
  if (flags.int('http2_port') !== 0) listeners.push(withPlace(flags, flags.int('http2_port'), undefined));
  if (flags.int('ssl_port') !== 0) {
    const files: CertificateSource = {
      kind: 'files',
      certFile: join(nginxCertificateFolder, 'nginx.crt'),
      keyFile: join(nginxCertificateFolder, 'nginx.key'),
    };
    const certificate = flags.isOn('generate_self_signed_cert') ? selfSigned() : files;
    listeners.push(withPlace(flags, flags.int('ssl_port'), tlsOf(flags, certificate)));
  }
  return listeners;
}

function withPlace(flags: FlagReader, port: number, tls: TlsServerOptions | undefined): ListenerOptions {
  const address = flags.text('listener_address');
  const place = address.startsWith(unixPrefix)
    ? { unixSocket: address.slice(unixPrefix.length) }
    : { host: address, port };
  return { ...place, maxConnections: flags.int('max_connections'), ...(tls !== undefined && { tls }) };
}

function selfSigned(): CertificateSource {
  return { kind: 'pem', ...generateCertificate({ nowMs: Date.now() }) };
}

function tlsOf(flags: FlagReader, certificate: CertificateSource): TlsServerOptions {
  const clientCaFile =
    flags.runtimeVersion === '2' ? flags.optionalText('ssl_server_root_cert_path') : undefined;
  return {
    certificates: [certificate],
    versions: versionsOf(flags),
    ...(clientCaFile !== undefined && { clientCaFile }),
    ...(flags.runtimeVersion === '2' && { cipherSuites: flags.commaList('ssl_server_cipher_suites') }),
  };
}

function versionsOf(flags: FlagReader): Partial<TlsVersions> {
  const names = flags.list('ssl_protocols').flatMap((text) => splitList(text, ' '));
  if (flags.runtimeVersion === '1') return tlsVersionsFromSet(names);
  if (names.length > 0) return tlsVersionsFromSortedNames(names);
  const minVersion = parseTlsVersion(flags.text('ssl_minimum_protocol'));
  const maxVersion = parseTlsVersion(flags.text('ssl_maximum_protocol'));
  return { ...(minVersion !== undefined && { minVersion }), ...(maxVersion !== undefined && { maxVersion }) };
}

/** What clients may send. */
export function toCodecSettings(flags: FlagReader): CodecSettings {
  const isV2 = flags.runtimeVersion === '2';
  const allowUnderscores = flags.isOn('underscores_in_headers');
  const http1Limits = isV2 ? {} : limitsOfV1(flags);
  const http1Timeouts = isV2 ? timeoutsOfV2(flags) : timeoutsOfV1(flags);
  const { headMs, keepAliveMs, bodyIdleMs } = http1Timeouts;
  return {
    http10: isV2 ? 'reject' : 'accept',
    underscores: allowUnderscores ? 'allow' : isV2 ? 'reject' : 'drop',
    otherUpgrades: isV2 ? 'reject' : 'ignore',
    http1Limits,
    http1Timeouts,
    http2: {
      maxConcurrentStreams: flags.int('max_concurrent_streams'),
      allowUnderscores,
      dropsUnderscores: !isV2,
      idleTimeoutMs: keepAliveMs,
      headMs,
      ...(bodyIdleMs !== undefined && { bodyIdleMs }),
      ...(http1Limits.maxHeadBytes !== undefined && { maxHeaderBytes: http1Limits.maxHeadBytes }),
    },
    maxBodyBytes: http1Limits.maxBodyBytes ?? 0,
  };
}

/** Those that flags say something about. */
interface ClientTimeouts {
  readonly headMs: number;
  readonly keepAliveMs: number;
  readonly bodyIdleMs?: number;
}

function timeoutsOfV2(flags: FlagReader): ClientTimeouts {
  return {
    headMs: flags.durationMs('request_header_timeout'),
    keepAliveMs: flags.durationMs('connection_idle_timeout'),
  };
}

function limitsOfV1(flags: FlagReader): CodecSettings['http1Limits'] {
  const maxBodyBytes = parseNginxSize('client_max_body_size', flags.text('client_max_body_size'));
  const buffers = flags.optionalText('large_client_header_buffers');
  if (buffers === undefined) return { maxBodyBytes };
  const [count, size] = splitList(buffers, ' ');
  const bytes = parseNginxSize('large_client_header_buffers', size ?? '');
  if (!/^\d{1,4}$/.test(count ?? ''))
    throw notASize('large_client_header_buffers', buffers, 'write for example "4 8k"');
  return { maxBodyBytes, maxHeadBytes: Number(count) * bytes, maxRequestLineBytes: bytes };
}

function timeoutsOfV1(flags: FlagReader): ClientTimeouts {
  return {
    headMs: flags.durationMs('request_header_timeout'),
    keepAliveMs: parseNginxTime('keepalive_timeout', flags.text('keepalive_timeout')),
    bodyIdleMs: parseNginxTime('client_body_timeout', flags.text('client_body_timeout')),
  };
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** nginx's sizes: digits and an optional k, m or g. */
function parseNginxSize(name: string, text: string): number {
  const match = /^(\d{1,9})([kmg]?)$/i.exec(text);
  if (match === null) throw notASize(name, text, 'write for example 32m');
  return Number(match[1]) * (sizeUnits[(match[2] ?? '').toLowerCase()] ?? 1);
}

/** nginx's times: a duration, or bare seconds; a second time (for a header) is not looked at. */
function parseNginxTime(name: string, text: string): number {
  const first = splitList(text, ' ')[0] ?? '';
  const ms = parseDurationMs(/^\d+$/.test(first) ? `${first}s` : first);
  if (ms === undefined) throw new ConfigError(`--${name}`, `${text} is no time`, 'write for example 75s');
  return ms;
}

function notASize(name: string, text: string, hint: string): ConfigError {
  return new ConfigError(`--${name}`, `${text} is no size`, hint);
}
