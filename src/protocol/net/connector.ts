import type { Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import { constants as osConstants } from 'node:os';
import type { SecureContext, TLSSocket } from 'node:tls';
import { connect as connectTls } from 'node:tls';
import type { Clock, Timer } from '../../core/clock.ts';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import type { UpstreamFailureReason } from '../http/stream.ts';
import type { DnsFamily, DnsResolver } from './dns-resolver.ts';
import { SocketReader } from './socket-reader.ts';
import type { TlsClientContext } from './tls-client-context.ts';

/** One server to connect to. */
export interface ConnectTarget {
  /** Host name, IP address, or path of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly isUnixSocket: boolean;
  /** Undefined: plain text. */
  readonly tls: TlsClientContext | undefined;
  /** Protocols offered by ALPN; when there are some, the server must choose one of them. */
  readonly alpn: readonly string[];
  readonly dnsFamily: DnsFamily;
  /** Milliseconds for name, connection and handshake together. */
  readonly timeoutMs: number;
}

/** Why there is no connection. */
export interface ConnectFailure {
  readonly reason: UpstreamFailureReason;
  /** Envoy's transport failure text, or undefined. */
  readonly transport: string | undefined;
}

/** What {@link Connector.connect} reports to; exactly one of the two is called, once, and never synchronously. */
export interface ConnectHandler {
  /** The socket is to be read with `readOctets`, and not as a stream. */
  onConnect(socket: Socket, address: string): void;
  onConnectFailure(failure: ConnectFailure): void;
}

/** An attempt that can be given up; then no callback follows. */
export interface ConnectAttempt {
  cancel(): void;
}

/** Opens connections to one server: resolves its name, goes round its addresses, does the TLS handshake. */
export class Connector {
  readonly #target: ConnectTarget;
  readonly #resolver: DnsResolver;
  readonly #clock: Clock;
  #turn = 0;
  readonly #sessions: SessionCache = new SessionCache();

  constructor(target: ConnectTarget, deps: { resolver: DnsResolver; clock: Clock }) {
    this.#target = target;
    this.#resolver = deps.resolver;
    this.#clock = deps.clock;
  }

  connect(handler: ConnectHandler): ConnectAttempt {
    const attempt = new Attempt(this.#target, handler, this.#sessions);
    attempt.start(this.#clock);
    if (this.#target.isUnixSocket) attempt.tryAddresses([this.#target.host]);
    else
      this.#resolver
        .resolve(this.#target.host, this.#target.dnsFamily)
        .then(
          (addresses) => attempt.tryAddresses(this.#rotate(addresses)),
          () => attempt.fail({ reason: 'no_healthy_upstream', transport: undefined }),
        )
        .catch((error: unknown) => attempt.fail(toConnectFailure(error)));
    return attempt;
  }

  /** Every connection starts at the next address. Only `all` falls back to the others, as Envoy does. */
  #rotate(addresses: readonly string[]): readonly string[] {
    const first = this.#turn++ % Math.max(addresses.length, 1);
    const rotated = [...addresses.slice(first), ...addresses.slice(0, first)];
    return this.#target.dnsFamily === 'all' ? rotated : rotated.slice(0, 1);
  }
}

/** The latest TLS session, resumed only under the trust that it was made with: a resumed one is not verified again. */
class SessionCache {
  #context: SecureContext | undefined = undefined;
  #session: Buffer | undefined = undefined;

  get(context: SecureContext | undefined): Buffer | undefined {
    return context === this.#context ? this.#session : undefined;
  }

  set(context: SecureContext | undefined, session: Buffer): void {
    this.#context = context;
    this.#session = session;
  }
}

class Attempt implements ConnectAttempt {
  readonly #target: ConnectTarget;
  readonly #handler: ConnectHandler;
  readonly #cache: SessionCache;
  #timer: Timer | undefined = undefined;
  #socket: Socket | undefined = undefined;
  #isDone = false;

  constructor(target: ConnectTarget, handler: ConnectHandler, cache: SessionCache) {
    this.#target = target;
    this.#handler = handler;
    this.#cache = cache;
  }

  start(clock: Clock): void {
    this.#timer = clock.setTimer(this.#target.timeoutMs, () =>
      this.fail({ reason: 'connection_timeout', transport: undefined }),
    );
  }

  tryAddresses(addresses: readonly string[]): void {
    const address = addresses[0];
    if (this.#isDone) return;
    if (address === undefined) {
      this.fail({ reason: 'no_healthy_upstream', transport: undefined });
      return;
    }
    const socket = this.#open(address);
    this.#socket = socket;
    const onError = (error: unknown): void => {
      socket.destroy();
      if (this.#isDone) return;
      if (addresses.length > 1) this.tryAddresses(addresses.slice(1));
      else this.fail(toConnectFailure(error));
    };
    socket.once('error', onError);
    // A peer that hangs up in the middle of a handshake makes no error.
    const onEarlyClose = (): void => onError(new Error('closed during connect'));
    socket.once('close', onEarlyClose);
    socket.once(this.#target.tls === undefined ? 'connect' : 'secureConnect', () => {
      socket.off('error', onError);
      socket.off('close', onEarlyClose);
      this.#succeed(socket, address);
    });
  }

  cancel(): void {
    this.#isDone = true;
    this.#timer?.cancel();
    this.#socket?.destroy();
  }

  fail(failure: ConnectFailure): void {
    if (this.#isDone) return;
    this.cancel();
    this.#handler.onConnectFailure(failure);
  }

  #succeed(socket: Socket, address: string): void {
    if (this.#isDone) return;
    const { alpn } = this.#target;
    const chosen = this.#target.tls === undefined ? undefined : (socket as TLSSocket).alpnProtocol;
    if (this.#target.tls !== undefined && alpn.length > 0 && !alpn.includes(chosen || '')) {
      this.fail({
        reason: 'remote_connection_failure',
        transport: `TLS_error:|ALPN: ${alpn.join(',')} refused:TLS_error_end`,
      });
      return;
    }
    this.#isDone = true;
    this.#timer?.cancel();
    this.#handler.onConnect(socket, address);
  }

  #open(address: string): Socket {
    const { port, isUnixSocket, tls, host, alpn } = this.#target;
    const where = isUnixSocket ? { path: address } : { host: address, port };
    const reader = new SocketReader();
    const reading = { onread: reader.options };
    if (tls === undefined) {
      const socket = connectTcp({ ...where, ...reading, noDelay: true });
      reader.attach(socket);
      return socket;
    }
    const options = tls.connectOptions(host, alpn);
    const { secureContext } = options;
    const session = this.#cache.get(secureContext);
    const socket = connectTls({
      ...where,
      ...options,
      ...reading,
      ...(session === undefined ? {} : { session }),
    });
    reader.attach(socket);
    socket.setNoDelay();
    socket.on('session', (latest: Buffer) => this.#cache.set(secureContext, latest));
    return socket;
  }
}

/** OpenSSL's number for a failed verification, as BoringSSL prints it. */
const certificateVerifyFailed =
  'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end';

/** A socket error in Envoy's words. */
function toConnectFailure(error: unknown): ConnectFailure {
  const code = systemErrorCode(error);
  const reason: UpstreamFailureReason = 'remote_connection_failure';
  if (code === undefined) return { reason, transport: undefined };
  const errno = (osConstants.errno as Readonly<Record<string, number>>)[code];
  if (errno !== undefined) {
    // Ours, before anything left the machine.
    if (localErrors.has(code)) return { reason: 'local_connection_failure', transport: undefined };
    return { reason, transport: `delayed connect error: ${errno}` };
  }
  if (verificationErrors.has(code)) return { reason, transport: certificateVerifyFailed };
  if (code.startsWith('ERR_SSL_')) {
    const alert = code.slice('ERR_SSL_'.length);
    return {
      reason,
      transport: `TLS_error:|${opensslNumber(error)}:SSL routines:OPENSSL_internal:${alert}:TLS_error_end`,
    };
  }
  return { reason, transport: undefined };
}

const localErrors: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'EACCES']);

const verificationErrors: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The hexadecimal number in OpenSSL's message (`…:error:0A000410:…`), decimal as BoringSSL prints it; 0 if absent. */
function opensslNumber(error: unknown): number {
  const match = /error:([0-9A-F]{8}):/i.exec(errorMessage(error));
  return match === null ? 0 : Number.parseInt(match[1] as string, 16);
}
