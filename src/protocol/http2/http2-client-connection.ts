import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  UpstreamFailureReason,
} from '../http/stream.ts';
import { Deadline } from '../net/deadline.ts';
import { isRequestable } from '../http1/request-framing.ts';
import type { SocketOutputOwner } from '../net/socket-output.ts';
import { SocketOutput } from '../net/socket-output.ts';
import type { OctetInput, OctetReceiver } from '../net/socket-reader.ts';
import { readOctets } from '../net/socket-reader.ts';
import type { TimerWheel } from '../net/timer-wheel.ts';
import type { ClientSessionOwner } from './client-session.ts';
import { ClientSession } from './client-session.ts';
import { Http2Error } from './frame-codes.ts';
import { FrameInput } from './frame-input.ts';
import { defaultHttp2Limits, maxBlockBytes } from './http2-settings.ts';

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
  /** The identifier of the first stream, an odd number. Default 1. */
  readonly firstStreamId?: number;
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

/** No request is taken while so much waits for a backend that does not read. */
const maxUnsentBytes = 65_536;
/** Nothing is read while so much waits; more than what we take by ourselves, so that two gateways cannot block each other. */
const maxUnsentForReading: number = 3 * maxUnsentBytes;

/** The client's half of one HTTP/2 connection: its socket, its life and its pings. */
export class Http2ClientConnection implements ClientSessionOwner, SocketOutputOwner, OctetReceiver {
  readonly #socket: Duplex;
  readonly #events: Http2ClientEvents;
  readonly #pingIntervalMs: number;
  readonly #pingTimeoutMs: number;
  readonly #lingerMs: number;
  readonly #output: SocketOutput;
  readonly #session: ClientSession;
  readonly #octets: OctetInput;
  readonly #input: FrameInput;
  /** For the next ping. */
  readonly #pingDeadline: Deadline;
  /** For the answer to the one that was sent. */
  readonly #pongDeadline: Deadline;
  /** For our last frames to leave. */
  readonly #closeDeadline: Deadline;
  #isDraining = false;
  #isClosed = false;
  #isReadPaused = false;

  /** @param socket connected (TLS: handshake done, ALPN `h2`) */
  constructor(
    socket: Duplex,
    options: Http2ClientOptions & { readonly wheel: TimerWheel },
    events: Http2ClientEvents,
  ) {
    const { wheel } = options;
    const { maxHeaderFields, streamWindow, connectionWindow } = defaultHttp2Limits;
    const limits = {
      ...defaultHttp2Limits,
      maxConcurrentStreams: options.maxConcurrentStreams ?? 1024,
      // And `:status`.
      maxHeaderFields: maxHeaderFields + 1,
      streamWindow: options.streamWindow ?? streamWindow,
      connectionWindow: options.connectionWindow ?? connectionWindow,
    };
    this.#socket = socket;
    this.#events = events;
    this.#pingIntervalMs = options.pingIntervalMs ?? 30_000;
    this.#pingTimeoutMs = options.pingTimeoutMs ?? 10_000;
    this.#lingerMs = limits.lingerMs;
    this.#output = new SocketOutput(socket, this);
    const { firstStreamId = 1 } = options;
    const output = this.#output;
    this.#session = new ClientSession({ output, limits, nowMs: () => wheel.nowMs(), firstStreamId }, this);
    this.#octets = readOctets(socket, this);
    this.#input = new FrameInput(
      { maxBlockBytes: maxBlockBytes(limits), octets: this.#octets },
      this.#session.input,
    );
    this.#pingDeadline = new Deadline(wheel, () => this.#ping());
    this.#pongDeadline = new Deadline(wheel, () => this.destroy());
    this.#closeDeadline = new Deadline(wheel, () => socket.destroy());
    this.#session.start();
    this.#pingDeadline.set(this.#pingIntervalMs);
    this.#listen();
  }

  /** Requests whose response is not complete. */
  get openStreams(): number {
    return this.#session.openStreams;
  }

  /** True while another stream may be opened. */
  get isAvailable(): boolean {
    const output = this.#output;
    return (
      !this.#isDraining &&
      this.#session.hasRoom &&
      !this.#socket.destroyed &&
      !(output.isBlocked && output.position > maxUnsentBytes)
    );
  }

  /**
   * Sends a request; only while {@link isAvailable}. No callback comes before it returns.
   *
   * An upgrade goes as extended CONNECT without waiting for the backend's SETTINGS to allow it.
   *
   * @param endsNow the request has no body
   * @throws TypeError for a head that cannot be written
   */
  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream {
    if (!isRequestable(head) || head.method === 'CONNECT')
      throw new TypeError('method, target and authority must be visible ASCII, and CONNECT an upgrade');
    return this.#session.request(head, handler, endsNow);
  }

  /** No new streams; closes when the last one has ended. */
  drain(): void {
    this.onLastStream();
  }

  /** Closes now; streams under way fail. */
  destroy(): void {
    this.#shut(Http2Error.NO_ERROR, 'connection_termination');
  }

  /** Takes octets as if they came from the socket. */
  receive(chunk: Buffer): void {
    if (this.#isClosed) return;
    this.#input.push(chunk);
    if (this.#isClosed) return;
    this.#octets.expectMuch(this.#input.isWithinData);
    if (this.#output.isBlocked && this.#output.position > maxUnsentForReading) {
      this.#isReadPaused = true;
      this.#socket.pause();
    }
  }

  #listen(): void {
    const socket = this.#socket;
    if (socket instanceof Socket) socket.setNoDelay(true);
    // A backend that has closed its half can neither acknowledge nor open windows: the connection is over.
    socket.on('end', () => this.#close('connection_termination'));
    socket.on('error', () => this.#close('connection_termination'));
    socket.on('finish', () => socket.destroy());
    socket.on('close', () => this.#onClose());
    socket.resume();
  }

  // What the output tells

  onBlocked(): void {}

  onWritable(): void {
    if (this.#isClosed) return;
    this.#session.sender.pump();
    if (this.#isReadPaused && !this.#output.isBlocked) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
    if (!this.#isDraining) this.#events.onAvailable();
  }

  // What the session tells

  onChange(): void {
    if (!this.#isDraining) this.#events.onAvailable();
    else this.#endIfIdle();
  }

  onLastStream(): void {
    this.#startDraining();
    this.#endIfIdle();
  }

  onPingAck(): boolean {
    if (!this.#pongDeadline.isSet) return false;
    this.#pongDeadline.clear();
    this.#pingDeadline.set(this.#pingIntervalMs);
    return true;
  }

  fail(errorCode: number): void {
    this.#shut(errorCode, 'protocol_error');
  }

  #ping(): void {
    this.#session.ping();
    this.#pongDeadline.set(this.#pingTimeoutMs);
  }

  // Closing

  #startDraining(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    this.#events.onDraining();
  }

  #endIfIdle(): void {
    if (this.openStreams === 0) this.#shut(Http2Error.NO_ERROR, 'connection_termination');
  }

  /** Says why and ends the connection as soon as that is with the kernel. */
  #shut(errorCode: number, reason: UpstreamFailureReason): void {
    if (this.#isClosed) return;
    this.#stop();
    this.#session.goAway(errorCode);
    this.#output.flush();
    this.#socket.end();
    this.#closeDeadline.set(this.#lingerMs);
    this.#session.failAll(reason, true);
  }

  #close(reason: UpstreamFailureReason): void {
    if (this.#isClosed) return;
    this.#stop();
    this.#session.failAll(reason, false);
    this.#socket.destroy();
  }

  /** Nothing is taken or heard from here on. */
  #stop(): void {
    this.#isClosed = true;
    this.#input.stop();
    this.#pingDeadline.close();
    this.#pongDeadline.close();
    this.#startDraining();
  }

  #onClose(): void {
    this.#close('connection_termination');
    this.#closeDeadline.close();
    this.#events.onClose();
  }
}
