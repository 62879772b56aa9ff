import { isIP } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import { checkServerIdentity, createSecureContext } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { ConfigError, errorMessage } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { readAuthoritiesFile, readPemFile, signatureOfFiles } from './pem-file.ts';
import type { TlsVersions } from './tls-versions.ts';
import { defaultTlsVersions, toCipherString } from './tls-versions.ts';

/** TLS towards servers. */
export interface TlsClientOptions {
  /**
   * PEM file of the authorities that servers must chain to (`--ssl_backend_client_root_certs_file`,
   * `--ssl_client_root_certs_file`, ESP v1 `--grpc_backend_ssl_root_certs_file`). Default: those of Node.
   */
  readonly rootCertsFile?: string;
  /** Our certificate and key (`--ssl_backend_client_cert_path`, `--tls_mutual_auth`, ESP v1 `--grpc_backend_ssl_…`). */
  readonly clientCertFile?: string;
  readonly clientKeyFile?: string;
  /** OpenSSL names (`--ssl_backend_client_cipher_suites`). Default: Node's. */
  readonly cipherSuites?: readonly string[];
  readonly versions?: Partial<TlsVersions>;
  /**
   * The certificate must be for the host. Default true.
   * Differs from ESPv2: there, any certificate of a trusted authority passes.
   */
  readonly verifyHostname?: boolean;
  /** The chain must end at a trusted authority. Default true. */
  readonly verifyChain?: boolean;
  /** How often the files are looked at, at most. Default 10 s. */
  readonly reloadIntervalMs?: number;
}

/** The TLS context of a client, kept up to date with its files. A broken new file leaves the old one in force. */
export class TlsClientContext {
  readonly #options: TlsClientOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  #context: SecureContext;
  #signature: string;
  #checkedAtMs: number;

  /** @throws ConfigError naming the file that cannot be read or used */
  constructor(options: TlsClientOptions, deps: { clock: Clock; log: Logger }) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#signature = signatureOf(options);
    this.#context = load(options);
    this.#checkedAtMs = this.#clock.monotonicMs();
  }

  /**
   * Options for one handshake with `host`.
   *
   * @param alpn protocols to offer; none for HTTP/1.1, as ESPv2
   */
  connectOptions(host: string, alpn: readonly string[]): ConnectionOptions {
    this.#reload();
    const { verifyHostname = true, verifyChain = true } = this.#options;
    return {
      secureContext: this.#context,
      rejectUnauthorized: verifyChain,
      // An IP address is no server name (RFC 6066 §3).
      servername: isIP(host) === 0 ? host : '',
      checkServerIdentity: (_name, certificate) =>
        verifyHostname ? checkServerIdentity(host, certificate) : undefined,
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    };
  }

  #reload(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#checkedAtMs < (this.#options.reloadIntervalMs ?? 10_000)) return;
    this.#checkedAtMs = nowMs;
    const signature = signatureOf(this.#options);
    if (signature === this.#signature) return;
    this.#signature = signature;
    try {
      this.#context = load(this.#options);
    } catch (error) {
      this.#log.error(
        { error: errorMessage(error) },
        'new client certificate is unusable, the old one stays',
      );
    }
  }
}

function load(options: TlsClientOptions): SecureContext {
  const versions = { ...defaultTlsVersions, ...options.versions };
  const ciphers = toCipherString(options.cipherSuites ?? [], versions.minVersion);
  const ca = options.rootCertsFile === undefined ? undefined : readAuthoritiesFile(options.rootCertsFile);
  const cert = readOptional(options.clientCertFile);
  const key = readOptional(options.clientKeyFile);
  try {
    return createSecureContext({
      ...versions,
      ...(ciphers === undefined ? {} : { ciphers }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    const place = options.clientCertFile ?? options.rootCertsFile ?? 'cipher suites';
    throw new ConfigError(place, `cannot be used for TLS: ${errorMessage(error)}`, undefined, {
      cause: error,
    });
  }
}

function readOptional(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readPemFile(file);
}

function signatureOf(options: TlsClientOptions): string {
  const files = [options.rootCertsFile, options.clientCertFile, options.clientKeyFile];
  return signatureOfFiles(files.filter((file) => file !== undefined));
}
