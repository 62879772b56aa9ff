import type { ServerHttp2Session, ServerHttp2Stream, ServerSessionOptions } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import type { HeaderList } from '../http/headers.ts';
import type { ConnectionInfo, ServerStream } from '../http/stream.ts';
import type { Http2Limits } from './http2-settings.ts';
import type { Http2StreamOwner } from './http2-server-stream.ts';
import { Http2ServerStream } from './http2-server-stream.ts';
import type { Http2RejectReason } from './request-fields.ts';
import { expectsContinue, parseRequestFields, parseTrailerFields } from './request-fields.ts';
import { endStreamFlag, Http2Error } from './frame-codes.ts';
import { loadHttp2 } from './load-http2.ts';

/** What a connection tells its listener. */
export interface Http2ServerEvents {
  /** A request arrived. The receiver sets `stream.handler` before it returns. */
  onRequest(stream: ServerStream): void;
  /** A request was reset without an answer, for the reason given. */
  onReject(reason: Http2RejectReason): void;
  /** Last call: the connection is gone. */
  onClose(): void;
}

/** Between a response and the reset that ends its upload: clients that get both at once lose the response (curl 7). */
const uploadGraceMs = 50;

/** The server's half of one HTTP/2 connection, over node:http2. */
export class Http2ServerConnection implements Http2StreamOwner {
  readonly info: ConnectionInfo;
  readonly #session: ServerHttp2Session;
  readonly #limits: Http2Limits;
  readonly #events: Http2ServerEvents;
  readonly #clock: Clock;
  #drainTimer: Timer | undefined = undefined;
  #isDraining = false;
  #isClosing = false;
  #openStreams = 0;

  /** @param socket connected (TLS: handshake done), nothing read from it but what was put back with `unshift` */
  constructor(
    socket: Duplex,
    options: { info: ConnectionInfo; limits: Http2Limits; clock?: Clock },
    events: Http2ServerEvents,
  ) {
    this.info = options.info;
    this.#limits = options.limits;
    this.#events = events;
    this.#clock = options.clock ?? systemClock;
    // A client that has closed its half can neither acknowledge nor open windows: the connection is over.
    socket.allowHalfOpen = false;
    this.#session = loadHttp2().performServerHandshake(socket, toSessionOptions(options.limits));
    this.#listen();
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Requests that are neither answered nor aborted. */
  get openStreams(): number {
    return this.#openStreams;
  }

  /** GOAWAY: open streams go on, those that the client sends before it knows are still taken, then the end. */
  drain(): void {
    if (this.#isDraining || this.#session.destroyed) return;
    this.#isDraining = true;
    // RFC 9113 §6.8: first "no new ones, please", then, a moment later, the number of the last one taken.
    this.#session.goaway(Http2Error.NO_ERROR, 2 ** 31 - 1);
    this.#drainTimer = this.#clock.setTimer(this.#limits.drainGraceMs, () => this.#session.close());
  }

  /** Ends at once; open streams are aborted as `local_close`. */
  destroy(): void {
    this.#isClosing = true;
    this.#session.destroy();
  }

  onStreamEnd(): void {
    this.#openStreams--;
  }

  stopUpload(stream: ServerHttp2Stream): void {
    const timer = this.#clock.setTimer(uploadGraceMs, () => {
      stream.off('close', timer.cancel);
      stream.close(Http2Error.NO_ERROR);
    });
    stream.once('close', timer.cancel);
  }

  parseTrailers(raw: readonly string[]): HeaderList {
    return parseTrailerFields(raw, this.#limits);
  }

  #listen(): void {
    const session = this.#session;
    session.on('stream', (stream, _headers, flags, raw) => this.#accept(stream, flags, raw));
    session.on('error', ignore);
    session.on('close', () => this.#finish());
    session.once('connect', () => {
      if (!session.destroyed) session.setLocalWindowSize(this.#limits.connectionWindow);
    });
    session.setTimeout(this.#limits.idleTimeoutMs);
    session.on('timeout', () => {
      if (this.#openStreams === 0) session.close();
    });
  }

  #accept(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    // First of all: a stream that broke in the same read is destroyed already, and its error is still to come.
    stream.on('error', ignore);
    if (stream.destroyed) return;
    const endOfStream = (flags & endStreamFlag) !== 0;
    const head = parseRequestFields(raw, endOfStream, this.#limits);
    if (typeof head === 'string') {
      stream.close(Http2Error.INTERNAL_ERROR);
      this.#events.onReject(head);
      return;
    }
    this.#openStreams++;
    if (!endOfStream && expectsContinue(raw)) stream.additionalHeaders({ ':status': 100 });
    const ours = new Http2ServerStream(stream, head, endOfStream, this);
    this.#events.onRequest(ours);
    ours.start();
  }

  #finish(): void {
    this.#drainTimer?.cancel();
    this.#events.onClose();
  }
}

/** What went wrong shows in `rstCode` and in `close`. */
function ignore(): void {}

function toSessionOptions(limits: Http2Limits): ServerSessionOptions {
  return {
    maxSessionMemory: limits.maxSessionMemoryMb,
    // Counted by us, because nghttp2 would answer with another error; the slack bounds what reaches us.
    maxHeaderListPairs: limits.maxHeaderFields * 2,
    maxSessionInvalidFrames: limits.maxInvalidFrames,
    maxSettings: 32,
    streamResetBurst: limits.streamResetBurst,
    streamResetRate: limits.streamResetRatePerSecond,
    // The fields are the peers'; whether one may repeat is not ours to decide.
    strictSingleValueFields: false,
    settings: {
      maxConcurrentStreams: limits.maxConcurrentStreams,
      initialWindowSize: limits.streamWindow,
      // Names and values plus 32 a field (RFC 9113 §6.5.2).
      maxHeaderListSize: limits.maxHeaderBytes + limits.maxHeaderFields * 32,
      enableConnectProtocol: true,
      enablePush: false,
    },
  };
}
