import { join } from 'node:path';
import { ConfigError } from '../../../core/errors.ts';
import { type DnsFamily, parseDnsServers } from '../../../protocol/net/dns-resolver.ts';
import type { TlsClientOptions } from '../../../protocol/net/tls-client-context.ts';
import type { ClusterOptions } from '../../../proxy/upstream/cluster.ts';
import {
  createRetryPolicy,
  parseRetryConditions,
  parseRetryStatusCodes,
  type RetryPolicy,
} from '../../../proxy/upstream/retry-policy.ts';
import type { FlagReader } from '../../flags/flag-reader.ts';

const nginxCertificateFolder = '/etc/nginx/ssl';
/** nginx's upstream keep-alive, as start_esp configures it. */
const idleTimeoutOfV1Ms = 60_000;

/** How backends are connected to. */
export function toClusterOptions(flags: FlagReader): ClusterOptions {
  const connectTimeoutMs = flags.durationMs('cluster_connect_timeout');
  const tls = toBackendTls(flags);
  if (flags.runtimeVersion === '1')
    return { connectTimeoutMs, tls, idleTimeoutMs: idleTimeoutOfV1Ms, retry: retryOfV1 };
  const bufferBytes = flags.int('envoy_connection_buffer_limit_bytes');
  return {
    connectTimeoutMs,
    tls,
    retry: retryOfV2(flags),
    maxRequests: flags.int('backend_cluster_maximum_requests'),
    // The choices of the flag are the families.
    dnsFamily: flags.text('backend_dns_lookup_family') as DnsFamily,
    ...(bufferBytes >= 0 && { maxBufferedBytes: bufferBytes }),
  };
}

/** nginx's `proxy_next_upstream`: one backend has no next one; only what was never sent goes again. */
const retryOfV1: RetryPolicy = createRetryPolicy({ retriesNonIdempotent: false });

function retryOfV2(flags: FlagReader): RetryPolicy {
  const conditions = parseRetryConditions(flags.text('backend_retry_ons'));
  const statusText = flags.optionalText('backend_retry_on_status_codes');
  const statusCodes = statusText === undefined ? new Set<number>() : parseRetryStatusCodes(statusText);
  if (typeof statusCodes === 'string') {
    throw new ConfigError(
      '--backend_retry_on_status_codes',
      `${JSON.stringify(statusCodes)} is no status`,
      'write numbers from 100 to 599 with commas and no blanks',
    );
  }
  if (statusCodes.size > 0) conditions.add('retriable-status-codes');
  return createRetryPolicy({
    conditions,
    statusCodes,
    maxRetries: Math.max(0, flags.int('backend_retry_num')),
    perTryTimeoutMs: flags.durationMs('backend_per_try_timeout'),
  });
}

function toBackendTls(flags: FlagReader): TlsClientOptions {
  const rootCertsFile = rootCertsFileOf(flags);
  return {
    ...(rootCertsFile !== undefined && { rootCertsFile }),
    ...clientCertificateOf(flags),
    ...(flags.runtimeVersion === '2' && {
      cipherSuites: flags.commaList('ssl_backend_client_cipher_suites'),
    }),
    verifyHostname: !flags.isOn('disable_backend_hostname_verification'),
  };
}

/** Only what was given: without a flag Node's own authorities count, on every operating system. */
function rootCertsFileOf(flags: FlagReader): string | undefined {
  if (flags.isOn('enable_grpc_backend_ssl')) return flags.text('grpc_backend_ssl_root_certs_file');
  if (flags.runtimeVersion === '1') return undefined;
  const name = ['ssl_backend_client_root_certs_file', 'ssl_client_root_certs_file'].find((flag) =>
    flags.isGiven(flag),
  );
  return name === undefined ? undefined : flags.text(name);
}

function clientCertificateOf(flags: FlagReader): Pick<TlsClientOptions, 'clientCertFile' | 'clientKeyFile'> {
  if (flags.isOn('tls_mutual_auth')) return certificateIn(nginxCertificateFolder);
  if (flags.runtimeVersion === '1') {
    const clientCertFile = flags.optionalText('grpc_backend_ssl_cert_chain_file');
    const clientKeyFile = flags.optionalText('grpc_backend_ssl_private_key_file');
    if ((clientCertFile === undefined) !== (clientKeyFile === undefined)) {
      throw new ConfigError(
        '--grpc_backend_ssl_cert_chain_file',
        'goes with --grpc_backend_ssl_private_key_file',
        'give both or none',
      );
    }
    return clientCertFile === undefined || clientKeyFile === undefined
      ? {}
      : { clientCertFile, clientKeyFile };
  }
  const folder =
    flags.optionalText('ssl_backend_client_cert_path') ?? flags.optionalText('ssl_client_cert_path');
  return folder === undefined ? {} : certificateIn(folder);
}

function certificateIn(folder: string): { clientCertFile: string; clientKeyFile: string } {
  const name = folder.includes(nginxCertificateFolder) ? 'backend' : 'client';
  return { clientCertFile: join(folder, `${name}.crt`), clientKeyFile: join(folder, `${name}.key`) };
}

/** Name servers to ask instead of the system's. ESP v1 takes one, ESPv2 several with `;`. */
export function toDnsServers(flags: FlagReader): readonly string[] {
  const name = flags.isGiven('dns') ? 'dns' : 'dns_resolver_addresses';
  if (!flags.isGiven(name)) return [];
  const servers = parseDnsServers(flags.text(name));
  if (servers === undefined)
    throw new ConfigError(
      `--${name}`,
      `${flags.text(name)} is no name server`,
      'write IPv4 addresses with an optional port, joined by ;',
    );
  return servers;
}
