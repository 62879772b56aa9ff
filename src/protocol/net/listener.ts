import { unlinkSync } from 'node:fs';
import type { ListenOptions, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import type { Clock, Timer } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { systemErrorCode } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import type { ConnectionInfo } from '../http/stream.ts';
import { adoptSocket } from './accepted-socket.ts';
import { toConnectionInfo } from './connection-info.ts';
import { ProtocolSniffer } from './protocol-sniffer.ts';
import { TimerWheel } from './timer-wheel.ts';
import type { TlsServerOptions } from './tls-server-contexts.ts';
import { TlsServerContexts } from './tls-server-contexts.ts';

/** Where and how connections are taken. */
export interface ListenerOptions {
  /** Address to listen at. Default `0.0.0.0` (`--listener_address`); `::` takes IPv4 too. */
  readonly host?: string;
  /** 0 takes a free one. Default 0 (`--listener_port`, `--http_port`, `--http2_port`, `--ssl_port`). */
  readonly port?: number;
  /** Path of a Unix socket instead of host and port; a stale one is replaced. */
  readonly unixSocket?: string;
  /** Lets several processes listen at one port. Default false. */
  readonly reusePort?: boolean;
  /** Connections that the kernel holds while we are busy. Default 1024. */
  readonly backlog?: number;
  /** Connections at a time; one more is closed at once. Default 20,000. */
  readonly maxConnections?: number;
  /** Milliseconds for the first bytes and for the TLS handshake. Default 15 s. */
  readonly handshakeTimeoutMs?: number;
  /** Default: plain text. */
  readonly tls?: TlsServerOptions;
}

/** A codec over one connection, as the listener sees it; or what waits to know which one it will be. */
export interface ListenerConnection {
  /** Takes octets as if they came from the socket, before all that the socket still has. */
  receive(octets: Buffer): void;
  /** Finishes what is under way, takes nothing new, then closes. */
  drain(): void;
  /** Closes now. */
  destroy(): void;
}

/** Makes the codec for a connection. `onClose` of a connection must be told through `onGone`. */
export interface ConnectionFactory {
  http1(socket: Socket, info: ConnectionInfo, onGone: () => void): ListenerConnection;
  http2(socket: Socket, info: ConnectionInfo, onGone: () => void): ListenerConnection;
}

/** What a listener needs. */
export interface ListenerDeps {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly wheel?: TimerWheel;
}

/** A port that is being listened at. */
export interface Listener extends Closeable {
  /** As bound; port 0 on a Unix socket. */
  readonly port: number;
  readonly connections: number;
  /** Connections since the start. */
  readonly acceptedConnections: number;
  /**
   * Lets every connection finish: HTTP/1 closes after its response, HTTP/2 sends GOAWAY; one that has said nothing is
   * closed. Resolves when the last one is gone or `timeoutMs` have passed.
   */
  drain(options: { timeoutMs: number }): Promise<void>;
  /** Stops listening and closes every connection at once. */
  close(): Promise<void>;
}

const defaultHandshakeTimeoutMs = 15_000;
const defaultMaxConnections = 20_000;
const defaultBacklog = 1024;
/** A client that has said all may still be answered; the codecs decide when to hang up. */
const socketOptions = { noDelay: true, allowHalfOpen: true };
const alpnProtocols = ['h2', 'http/1.1'];

/**
 * Listens. In plain text one port takes HTTP/1.x and HTTP/2 by their first bytes, as Envoy's codec type AUTO; with
 * TLS, ALPN decides, and the first bytes where the client offered none.
 *
 * @throws the system's error (`EADDRINUSE` …), ConfigError for unusable certificates
 */
export async function createListener(
  options: ListenerOptions,
  factory: ConnectionFactory,
  deps: ListenerDeps = {},
): Promise<Listener> {
  const listener = new SocketListener(options, factory, deps);
  await listener.open();
  return listener;
}

class SocketListener implements Listener {
  acceptedConnections = 0;
  readonly #options: ListenerOptions;
  readonly #factory: ConnectionFactory;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #wheel: TimerWheel;
  readonly #server: Server;
  readonly #contexts: TlsServerContexts | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<ListenerConnection>();
  #port = 0;
  #isDraining = false;
  #onEmpty: (() => void) | undefined = undefined;

  constructor(options: ListenerOptions, factory: ConnectionFactory, deps: ListenerDeps) {
    this.#options = options;
    this.#factory = factory;
    this.#clock = deps.clock ?? systemClock;
    this.#log = deps.log ?? silentLogger;
    this.#wheel = deps.wheel ?? new TimerWheel(this.#clock);
    const { tls } = options;
    this.#contexts = tls === undefined ? undefined : this.#createContexts(tls);
    this.#server =
      tls === undefined
        ? createServer({ ...socketOptions, pauseOnConnect: true })
        : this.#createTlsServer(tls);
    this.#server.maxConnections = options.maxConnections ?? defaultMaxConnections;
  }

  get port(): number {
    return this.#port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async open(): Promise<void> {
    const server = this.#server;
    server.on('drop', () => this.#log.warn({ limit: server.maxConnections }, 'connection limit reached'));
    if (this.#contexts === undefined) server.on('connection', (socket: Socket) => this.#acceptPlain(socket));
    else {
      server.on('connection', (socket: Socket) => this.#track(socket));
      server.on('secureConnection', (socket: TLSSocket) => this.#acceptTls(socket));
      server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
        this.#log.debug({ error, remoteAddress: socket.remoteAddress }, 'TLS handshake failed');
        socket.destroy();
      });
    }
    await listen(server, toListenOptions(this.#options));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    server.on('error', (error) => this.#log.error({ error }, 'listener failed'));
  }

  async drain(options: { timeoutMs: number }): Promise<void> {
    this.#isDraining = true;
    this.#server.close();
    for (const connection of this.#connections) connection.drain();
    if (this.#sockets.size > 0) await this.#untilEmpty(options.timeoutMs);
  }

  async close(): Promise<void> {
    this.#contexts?.close();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #untilEmpty(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: Timer = this.#clock.setTimer(timeoutMs, resolve);
      this.#onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #track(socket: Socket): void {
    this.acceptedConnections++;
    this.#sockets.add(socket);
    socket.on('error', ignore);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onEmpty?.();
    });
  }

  #acceptPlain(accepted: Socket): void {
    const socket = adoptSocket(accepted);
    this.#track(socket);
    this.#sniff(socket);
  }

  #sniff(socket: Socket): void {
    const timeoutMs = this.#options.handshakeTimeoutMs ?? defaultHandshakeTimeoutMs;
    const sniffer = new ProtocolSniffer(
      socket,
      { wheel: this.#wheel, timeoutMs },
      {
        onProtocol: (protocol, seen) => this.#start(socket, protocol).receive(seen),
        onGone: () => this.#connections.delete(sniffer),
      },
    );
    this.#connections.add(sniffer);
  }

  #acceptTls(socket: TLSSocket): void {
    socket.on('error', ignore);
    // `optional` lets a handshake without certificate pass; one with a bad certificate does not.
    if (this.#options.tls?.clientCertificate === 'optional' && hasRefusedCertificate(socket)) {
      socket.destroy();
      return;
    }
    if (socket.alpnProtocol === 'h2') this.#start(socket, 'h2');
    else if (socket.alpnProtocol === 'http/1.1') this.#start(socket, 'http/1.1');
    else this.#sniff(socket);
  }

  #start(socket: Socket, protocol: 'h2' | 'http/1.1'): ListenerConnection {
    const info = toConnectionInfo(socket);
    const make = protocol === 'h2' ? this.#factory.http2 : this.#factory.http1;
    const connection = make.call(this.#factory, socket, info, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    if (this.#isDraining) connection.drain();
    return connection;
  }

  #createContexts(tls: TlsServerOptions): TlsServerContexts {
    return new TlsServerContexts(tls, {
      clock: this.#clock,
      log: this.#log,
      onDefaultChange: (context) =>
        (this.#server as ReturnType<typeof createTlsServer>).setSecureContext(context),
    });
  }

  #createTlsServer(tls: TlsServerOptions): Server {
    const contexts = this.#contexts as TlsServerContexts;
    const mode = tls.clientCertificate ?? (tls.clientCaFile === undefined ? 'none' : 'required');
    return createTlsServer({
      ...contexts.defaultOptions,
      ...socketOptions,
      ALPNProtocols: alpnProtocols,
      requestCert: mode !== 'none',
      rejectUnauthorized: mode === 'required',
      handshakeTimeout: this.#options.handshakeTimeoutMs ?? defaultHandshakeTimeoutMs,
      SNICallback: (serverName, callback) => callback(null, contexts.select(serverName)),
    });
  }
}

function hasRefusedCertificate(socket: TLSSocket): boolean {
  return !socket.authorized && socket.getPeerX509Certificate() !== undefined;
}

function ignore(): void {}

function toListenOptions(options: ListenerOptions): ListenOptions {
  const backlog = options.backlog ?? defaultBacklog;
  if (options.unixSocket !== undefined) return { path: options.unixSocket, backlog };
  return {
    host: options.host ?? '0.0.0.0',
    port: options.port ?? 0,
    backlog,
    reusePort: options.reusePort ?? false,
  };
}

async function listen(server: Server, options: ListenOptions): Promise<void> {
  const attempt = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(options, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt();
  } catch (error) {
    // A socket file outlives a process that was killed; one that answers belongs to somebody.
    if (options.path === undefined || systemErrorCode(error) !== 'EADDRINUSE') throw error;
    if (await answers(options.path)) throw error;
    unlinkSync(options.path);
    await attempt();
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
