import { X509Certificate } from 'node:crypto';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import type { Clock, Timer } from '../../core/clock.ts';
import { ConfigError, errorMessage } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { CertificatePair } from './certificate.ts';
import { readAuthoritiesFile, readPemFile, signatureOfFiles } from './pem-file.ts';
import type { TlsVersions } from './tls-versions.ts';
import { defaultTlsVersions, toCipherString } from './tls-versions.ts';

/** Where a certificate chain and its key come from: PEM files, reloaded when they change, or PEM texts. */
export type CertificateSource =
  | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string }
  | ({ readonly kind: 'pem' } & CertificatePair);

/** TLS of a listener. */
export interface TlsServerOptions {
  /** At least one. The first serves clients without SNI; otherwise the first whose names match wins. */
  readonly certificates: readonly CertificateSource[];
  /** PEM file of the authorities that client certificates must chain to (`--ssl_server_root_cert_path`). */
  readonly clientCaFile?: string;
  /** Default: `required` with `clientCaFile`, else `none`. */
  readonly clientCertificate?: 'none' | 'optional' | 'required';
  /** Default TLS 1.2 to 1.3; `--ssl_minimum_protocol`, `--ssl_maximum_protocol`, `--ssl_protocols`. */
  readonly versions?: Partial<TlsVersions>;
  /** OpenSSL names (`--ssl_server_cipher_suites`); empty or absent: Node's default. TLS 1.3 suites are always on. */
  readonly cipherSuites?: readonly string[];
  /** How often the files are looked at. Default 10 s; 0 never. */
  readonly reloadIntervalMs?: number;
}

interface Loaded {
  readonly certificate: X509Certificate;
  readonly context: SecureContext;
  readonly options: SecureContextOptions;
}

const defaultReloadIntervalMs = 10_000;

/** The TLS contexts of a listener, kept up to date with their files. A broken new file leaves the old one in force. */
export class TlsServerContexts {
  readonly #options: TlsServerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onDefaultChange: (options: SecureContextOptions) => void;
  #loaded: readonly Loaded[];
  #signature: string;
  #timer: Timer | undefined = undefined;
  #isClosed = false;

  /**
   * @param deps.onDefaultChange the context for clients without SNI is another one from now on
   * @throws ConfigError naming the file that cannot be read or used
   */
  constructor(
    options: TlsServerOptions,
    deps: { clock: Clock; log: Logger; onDefaultChange: (options: SecureContextOptions) => void },
  ) {
    this.#options = options;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#onDefaultChange = deps.onDefaultChange;
    this.#signature = signatureOfFiles(filesOf(options));
    this.#loaded = loadAll(options);
    this.#watch();
  }

  /** The context for clients without SNI, as options of a server. */
  get defaultOptions(): SecureContextOptions {
    return (this.#loaded[0] as Loaded).options;
  }

  /** The context for a client that asked for `serverName`; undefined: the default one. */
  select(serverName: string): SecureContext | undefined {
    if (this.#loaded.length === 1) return undefined;
    return this.#loaded.find(({ certificate }) => certificate.checkHost(serverName) !== undefined)?.context;
  }

  /** Looks at the files now and takes what changed. */
  reload(): void {
    const signature = signatureOfFiles(filesOf(this.#options));
    if (signature === this.#signature) return;
    this.#signature = signature;
    try {
      this.#loaded = loadAll(this.#options);
    } catch (error) {
      this.#log.error({ error: errorMessage(error) }, 'new certificate is unusable, the old one stays');
      return;
    }
    this.#onDefaultChange(this.defaultOptions);
    const validTo = (this.#loaded[0] as Loaded).certificate.validTo;
    this.#log.info({ validTo }, 'certificate reloaded');
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #watch(): void {
    const intervalMs = this.#options.reloadIntervalMs ?? defaultReloadIntervalMs;
    if (intervalMs === 0 || this.#isClosed || filesOf(this.#options).length === 0) return;
    this.#timer = this.#clock.setTimer(intervalMs, () => {
      this.reload();
      this.#watch();
    });
  }
}

function loadAll(options: TlsServerOptions): Loaded[] {
  const versions = { ...defaultTlsVersions, ...options.versions };
  const ciphers = toCipherString(options.cipherSuites ?? [], versions.minVersion);
  const ca = options.clientCaFile === undefined ? undefined : readAuthoritiesFile(options.clientCaFile);
  return options.certificates.map((source) => {
    const { cert, key } =
      source.kind === 'pem'
        ? source
        : { cert: readPemFile(source.certFile), key: readPemFile(source.keyFile) };
    const contextOptions: SecureContextOptions = {
      ...versions,
      cert,
      key,
      honorCipherOrder: true,
      ...(ciphers === undefined ? {} : { ciphers }),
      ...(ca === undefined ? {} : { ca }),
    };
    const place = source.kind === 'pem' ? 'certificate' : source.certFile;
    try {
      const certificate = new X509Certificate(cert);
      return { certificate, context: createSecureContext(contextOptions), options: contextOptions };
    } catch (error) {
      throw new ConfigError(place, `cannot be used for TLS: ${errorMessage(error)}`, undefined, {
        cause: error,
      });
    }
  });
}

function filesOf(options: TlsServerOptions): string[] {
  const files = options.certificates.flatMap((c) => (c.kind === 'files' ? [c.certFile, c.keyFile] : []));
  return options.clientCaFile === undefined ? files : [...files, options.clientCaFile];
}
