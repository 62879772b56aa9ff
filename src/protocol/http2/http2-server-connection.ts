import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionInfo, ServerStream, StreamAbortReason } from '../http/stream.ts';
import { Deadline } from '../net/deadline.ts';
import type { SocketOutputOwner } from '../net/socket-output.ts';
import { SocketOutput } from '../net/socket-output.ts';
import type { OctetInput, OctetReceiver } from '../net/socket-reader.ts';
import { readOctets } from '../net/socket-reader.ts';
import type { TimerWheel } from '../net/timer-wheel.ts';
import { clientPreface, Http2Error } from './frame-codes.ts';
import { FrameInput } from './frame-input.ts';
import type { Http2Limits } from './http2-settings.ts';
import { maxBlockBytes } from './http2-settings.ts';
import type { Http2RejectReason } from './request-fields.ts';
import type { ServerSessionOwner } from './server-session.ts';
import { ServerSession } from './server-session.ts';

/** What a connection tells its listener. */
export interface Http2ServerEvents {
  /** A request arrived. The receiver sets `stream.handler` before it returns. */
  onRequest(stream: ServerStream): void;
  /** A request was reset without an answer, for the reason given. */
  onReject(reason: Http2RejectReason): void;
  /** Last call: the connection is gone. */
  onClose(): void;
}

/** Nothing more is read while so much waits for a client that does not read. */
const maxUnsentBytes = 65_536;
/** Read and dropped while the connection closes. */
const maxLingerBytes: number = 16 * 1024 * 1024;

const Phase = {
  OPEN: 0,
  /** Our last frame is written, what comes is dropped. */
  CLOSING: 1,
  CLOSED: 2,
} as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** The server's half of one HTTP/2 connection: its socket, its life and its times. */
export class Http2ServerConnection implements ServerSessionOwner, SocketOutputOwner, OctetReceiver {
  readonly info: ConnectionInfo;
  readonly #socket: Duplex;
  readonly #limits: Http2Limits;
  readonly #events: Http2ServerEvents;
  readonly #output: SocketOutput;
  readonly #session: ServerSession;
  readonly #octets: OctetInput;
  readonly #input: FrameInput;
  /** For what was begun to be completed; while the connection closes, for the client to close. */
  readonly #readDeadline: Deadline;
  readonly #writeDeadline: Deadline;
  readonly #idleDeadline: Deadline;
  readonly #drainDeadline: Deadline;
  #phase: Phase = Phase.OPEN;
  #isDraining = false;
  /** It ends with its last stream. */
  #endsWhenIdle = false;
  #isReadPaused = false;
  #hasPeerEnded = false;
  #readProgress = 0;
  #droppedBytes = 0;

  /** @param socket connected (TLS: handshake done), what was read of it goes to {@link receive} */
  constructor(
    socket: Duplex,
    options: {
      readonly info: ConnectionInfo;
      readonly limits: Http2Limits;
      readonly wheel: TimerWheel;
    },
    events: Http2ServerEvents,
  ) {
    const { info, limits, wheel } = options;
    this.info = info;
    this.#socket = socket;
    this.#limits = limits;
    this.#events = events;
    this.#output = new SocketOutput(socket, this);
    this.#session = new ServerSession({ output: this.#output, limits, wheel }, this);
    this.#octets = readOctets(socket, this);
    this.#input = new FrameInput(
      {
        preface: clientPreface,
        maxBlockBytes: maxBlockBytes(limits),
        octets: this.#octets,
      },
      this.#session.input,
    );
    this.#readDeadline = new Deadline(wheel, () => this.#onReadTimeout());
    this.#writeDeadline = new Deadline(wheel, () => this.destroy());
    this.#idleDeadline = new Deadline(wheel, () => this.#shut(Http2Error.NO_ERROR));
    this.#drainDeadline = new Deadline(wheel, () => this.#endIntake());
    this.#readDeadline.set(limits.headMs);
    this.#idleDeadline.set(limits.idleTimeoutMs);
    this.#session.start();
    this.#listen();
  }

  /** Requests that are neither answered nor aborted. */
  get openStreams(): number {
    return this.#session.streams.size;
  }

  /** GOAWAY: open streams go on, those that the client sends before it knows are still taken, then the end. */
  drain(): void {
    if (this.#isDraining || this.#phase !== Phase.OPEN) return;
    this.#isDraining = true;
    this.#session.announceEnd();
    if (this.#limits.drainGraceMs > 0) this.#drainDeadline.set(this.#limits.drainGraceMs);
    else this.#endIntake();
  }

  /** Ends at once; open streams are aborted as `local_close`. */
  destroy(): void {
    if (this.#phase === Phase.OPEN) this.#session.endIntake(Http2Error.NO_ERROR);
    this.#close('local_close');
  }

  /** Takes octets as if they came from the socket. */
  receive(chunk: Buffer): void {
    if (this.#phase !== Phase.OPEN) {
      this.#droppedBytes += chunk.length;
      if (this.#droppedBytes > maxLingerBytes) this.destroy();
      return;
    }
    this.#input.push(chunk);
    if (this.#phase !== Phase.OPEN) return;
    this.#octets.expectMuch(this.#input.isWithinData);
    this.#awaitRest();
    if (this.#output.isBlocked && this.#output.position > maxUnsentBytes) {
      this.#isReadPaused = true;
      this.#socket.pause();
    }
  }

  #listen(): void {
    const socket = this.#socket;
    if (socket instanceof Socket) socket.setNoDelay(true);
    socket.on('end', () => this.#onEnd());
    socket.on('finish', () => this.#onFinish());
    socket.on('error', () => this.#close('remote_disconnect'));
    socket.on('close', () => this.#onClose());
    socket.resume();
  }

  /** What was begun must be completed in time, counted from what was completed last. */
  #awaitRest(): void {
    const { isUnfinished, progress } = this.#input;
    if (!isUnfinished) {
      if (this.#readDeadline.isSet) this.#readDeadline.clear();
    } else if (!this.#readDeadline.isSet || progress !== this.#readProgress)
      this.#readDeadline.set(this.#limits.headMs);
    this.#readProgress = progress;
  }

  #onReadTimeout(): void {
    if (this.#phase === Phase.OPEN) this.fail(Http2Error.ENHANCE_YOUR_CALM);
    else this.destroy();
  }

  // What the output tells

  onBlocked(): void {
    this.#writeDeadline.set(this.#limits.writeStallMs);
  }

  onWritable(): void {
    this.#writeDeadline.clear();
    if (this.#phase !== Phase.OPEN) return;
    this.#session.sender.pump();
    if (!this.#isReadPaused || this.#output.isBlocked) return;
    this.#isReadPaused = false;
    this.#socket.resume();
  }

  // What the session tells

  onRequest(stream: ServerStream): void {
    this.#events.onRequest(stream);
  }

  onReject(reason: Http2RejectReason): void {
    this.#events.onReject(reason);
  }

  onBusy(): void {
    this.#idleDeadline.clear();
  }

  onIdle(): void {
    if (this.#phase !== Phase.OPEN) return;
    if (this.#endsWhenIdle) this.#shut(Http2Error.NO_ERROR);
    else this.#idleDeadline.set(this.#limits.idleTimeoutMs);
  }

  /** GOAWAY came: the client opens no more streams. */
  onPeerLeaving(): void {
    this.#endsWhenIdle = true;
    if (this.openStreams === 0) this.#shut(Http2Error.NO_ERROR);
  }

  fail(errorCode: number): void {
    if (this.#phase === Phase.OPEN) this.#shut(errorCode);
  }

  // Closing

  #endIntake(): void {
    this.#session.endIntake(Http2Error.NO_ERROR);
    this.#endsWhenIdle = true;
    if (this.openStreams === 0) this.#shut(Http2Error.NO_ERROR);
  }

  /**
   * Says why and ends our direction; what still comes is dropped for a while. Closing at once would let the kernel answer
   * it with a reset, which can cost the client our last frames.
   */
  #shut(errorCode: number): void {
    this.#phase = Phase.CLOSING;
    this.#input.stop();
    this.#session.endIntake(errorCode);
    this.#clearDeadlines();
    this.#output.flush();
    this.#socket.end();
    this.#socket.resume();
    if (this.#socket.writableLength > 0) this.#writeDeadline.set(this.#limits.writeStallMs);
    this.#session.abortAll('remote_disconnect');
  }

  #onEnd(): void {
    this.#hasPeerEnded = true;
    // A client that has closed its half can neither acknowledge nor open windows: the connection is over.
    if (this.#phase === Phase.OPEN) this.#close('remote_disconnect');
    else if (this.#socket.writableFinished) this.destroy();
  }

  /** Everything, our end included, is with the kernel. */
  #onFinish(): void {
    if (this.#phase !== Phase.CLOSING) return;
    this.#writeDeadline.clear();
    if (this.#hasPeerEnded) this.destroy();
    else this.#readDeadline.set(this.#limits.lingerMs);
  }

  #close(reason: StreamAbortReason): void {
    if (this.#phase === Phase.CLOSED) return;
    this.#phase = Phase.CLOSED;
    this.#input.stop();
    this.#clearDeadlines();
    this.#output.flush();
    this.#socket.destroy();
    this.#session.abortAll(reason);
  }

  #clearDeadlines(): void {
    this.#readDeadline.close();
    this.#writeDeadline.close();
    this.#idleDeadline.close();
    this.#drainDeadline.close();
  }

  #onClose(): void {
    this.#close('remote_disconnect');
    this.#events.onClose();
  }
}
