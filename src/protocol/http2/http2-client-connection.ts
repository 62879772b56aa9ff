import type { ClientHttp2Session, ClientSessionOptions } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { getHeader } from '../http/headers.ts';
import type { ClientStream, ClientStreamHandler, RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { toRequestFields } from './client-fields.ts';
import type { Http2ClientOwner } from './http2-client-stream.ts';
import { Http2ClientStream } from './http2-client-stream.ts';
import { loadHttp2 } from './load-http2.ts';

/** Limits of a connection to a backend. */
export interface Http2ClientOptions {
  /** Streams at a time, if the backend allows as many. Default 1024. */
  readonly maxConcurrentStreams?: number;
  /** Bytes that may arrive unread on a stream, on the connection. Defaults 256 KiB and 1 MiB. */
  readonly streamWindow?: number;
  readonly connectionWindow?: number;
  /** Milliseconds between keep-alive pings; default 30 s, 0 none. */
  readonly pingIntervalMs?: number;
  /** Milliseconds for the answer to a ping. Default 10 s. */
  readonly pingTimeoutMs?: number;
  readonly clock?: Clock;
}

/** What a connection tells its pool. */
export interface Http2ClientEvents {
  /** Room for one more stream, or a change of the backend's limits. */
  onAvailable(): void;
  /** No new streams: GOAWAY came or the connection is about to go. Those under way go on. */
  onDraining(): void;
  /** Last call: the connection is gone. */
  onClose(): void;
}

/** Streams that may be open before the backend's SETTINGS have come; RFC 9113 knows no limit then. */
const initialPeerStreams = 100;

/** Header fields of a response, pseudo fields included (Envoy: 100). */
const maxResponseFields = 101;

/** The client's half of one HTTP/2 connection, over node:http2. */
export class Http2ClientConnection implements Http2ClientOwner {
  readonly #session: ClientHttp2Session;
  readonly #events: Http2ClientEvents;
  readonly #options: Http2ClientOptions;
  readonly #clock: Clock;
  readonly #ownLimit: number;
  #peerLimit = initialPeerStreams;
  #openStreams = 0;
  #isDraining = false;
  #lastStreamId: number | undefined = undefined;
  #pingTimer: Timer | undefined = undefined;

  /** @param socket connected (TLS: handshake done, ALPN `h2`) */
  constructor(socket: Duplex, options: Http2ClientOptions, events: Http2ClientEvents) {
    this.#events = events;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#ownLimit = options.maxConcurrentStreams ?? 1024;
    const session = loadHttp2().connect('http://backend', toSessionOptions(socket, options));
    this.#session = session;
    session.setLocalWindowSize(options.connectionWindow ?? 1024 * 1024);
    session.on('error', () => undefined);
    session.on('remoteSettings', (settings) => {
      this.#peerLimit = settings.maxConcurrentStreams ?? Infinity;
      this.#events.onAvailable();
    });
    session.on('goaway', (_code, lastStreamId) => {
      this.#lastStreamId = lastStreamId;
      this.#startDraining();
    });
    session.on('close', () => {
      this.#pingTimer?.cancel();
      this.#startDraining();
      this.#events.onClose();
    });
    this.#schedulePing();
  }

  get lastStreamId(): number | undefined {
    return this.#lastStreamId;
  }

  get isDestroyed(): boolean {
    return this.#session.destroyed;
  }

  get openStreams(): number {
    return this.#openStreams;
  }

  /** True while another stream may be opened. */
  get isAvailable(): boolean {
    return (
      !this.#isDraining &&
      this.#openStreams < Math.min(this.#ownLimit, this.#peerLimit) &&
      !this.#session.closed &&
      !this.#session.destroyed
    );
  }

  /**
   * Sends a request; only while {@link isAvailable}. No callback comes before it returns.
   *
   * An upgrade goes as extended CONNECT without waiting for the backend's SETTINGS to allow it.
   *
   * @param endsNow the request has no body
   */
  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream {
    const sendsTrailers = !endsNow && mayHaveTrailers(head);
    const stream = this.#session.request(toRequestFields(head), {
      endStream: endsNow,
      waitForTrailers: sendsTrailers,
    });
    this.#openStreams++;
    return new Http2ClientStream(stream, { head, endsNow, sendsTrailers }, handler, this);
  }

  onStreamEnd(): void {
    this.#openStreams--;
    if (!this.#isDraining) this.#events.onAvailable();
  }

  /** No new streams; closes when the last one has ended. */
  drain(): void {
    this.#startDraining();
    this.#session.close();
  }

  /** Closes now; streams under way fail. */
  destroy(): void {
    this.#session.destroy();
  }

  #startDraining(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#events.onDraining();
  }

  #schedulePing(): void {
    const intervalMs = this.#options.pingIntervalMs ?? 30_000;
    if (intervalMs === 0) return;
    this.#pingTimer = this.#clock.setTimer(intervalMs, () => this.#ping());
  }

  #ping(): void {
    if (this.#session.destroyed) return;
    this.#pingTimer = this.#clock.setTimer(this.#options.pingTimeoutMs ?? 10_000, () => this.destroy());
    this.#session.ping((error) => {
      if (error !== null || this.#session.destroyed) return;
      this.#pingTimer?.cancel();
      this.#schedulePing();
    });
  }
}

/** `strictSingleValueFields` is known to node:http2 but not to its types. */
function toSessionOptions(
  socket: Duplex,
  options: Http2ClientOptions,
): ClientSessionOptions & { readonly strictSingleValueFields: boolean } {
  return {
    createConnection: () => socket,
    strictSingleValueFields: false,
    maxHeaderListPairs: maxResponseFields,
    settings: { enablePush: false, initialWindowSize: options.streamWindow ?? 256 * 1024 },
  };
}

/** gRPC requests have none by their protocol; a message of known length has none as in HTTP/1.1. */
function mayHaveTrailers(head: RequestHead): boolean {
  if (head.bodyLength !== unknownLength || head.upgrade !== undefined) return false;
  return !(getHeader(head.headers, 'content-type') ?? '').startsWith('application/grpc');
}
