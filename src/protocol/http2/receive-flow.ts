import { unknownLength } from '../http/stream.ts';
import { Http2Error, initialWindowBytes } from './frame-codes.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { Http2Stream } from './http2-stream.ts';
import { ReceiveWindow } from './receive-window.ts';

/** How much may wait for its receiver, in octets. */
export interface FlowLimits {
  readonly streamWindow: number;
  readonly connectionWindow: number;
}

/** Who watches that content comes which is awaited. */
export interface ReceiveWatcher {
  awaitBody(stream: Http2Stream): void;
}

/**
 * Flow control of what the peer sends (RFC 9113 §5.2): content is granted again once its receiver has it. What waits
 * for a receiver counts for the connection, too, so that all bodies together take no more than its window.
 */
export class ReceiveFlow {
  readonly #frames: FrameWriter;
  readonly #watcher: ReceiveWatcher;
  readonly #connection: ReceiveWindow;
  readonly #streamBytes: number;
  /** What may come on a new stream: all that the default allows, until the peer knows better. */
  #initialBytes: number;

  constructor(frames: FrameWriter, limits: FlowLimits, watcher: ReceiveWatcher) {
    const { connectionWindow, streamWindow } = limits;
    this.#frames = frames;
    this.#watcher = watcher;
    this.#connection = new ReceiveWindow(Math.max(connectionWindow, initialWindowBytes), connectionWindow);
    this.#streamBytes = streamWindow;
    this.#initialBytes = Math.max(streamWindow, initialWindowBytes);
  }

  /** The window of a new stream. */
  createWindow(): ReceiveWindow {
    return new ReceiveWindow(this.#initialBytes, this.#streamBytes);
  }

  /** The peer has acknowledged our settings, a lower initial window with them (RFC 9113 §6.9.2). */
  onAcknowledged(streams: Iterable<Http2Stream>): void {
    const excess = this.#initialBytes - this.#streamBytes;
    this.#initialBytes -= excess;
    for (const { window } of streams) if (window !== undefined) window.left -= excess;
  }

  /** A DATA frame came. False: the connection's window did not allow it. */
  take(frameBytes: number): boolean {
    return this.#connection.take(frameBytes);
  }

  /** Takes a DATA frame of a stream into account. Returns the error code of one that may not come, else NO_ERROR. */
  judge(stream: Http2Stream, contentBytes: number, frameBytes: number, endsStream: boolean): number {
    if (stream.hasInputEnded) return Http2Error.STREAM_CLOSED;
    if (stream.window === undefined) return Http2Error.PROTOCOL_ERROR;
    if (!stream.window.take(frameBytes)) return Http2Error.FLOW_CONTROL_ERROR;
    if (stream.bodyLeft === unknownLength) return Http2Error.NO_ERROR;
    if (contentBytes > stream.bodyLeft) return Http2Error.PROTOCOL_ERROR;
    stream.bodyLeft -= contentBytes;
    return endsStream && stream.bodyLeft > 0 ? Http2Error.PROTOCOL_ERROR : Http2Error.NO_ERROR;
  }

  /** Octets are dropped that no stream wants. */
  drop(bytes: number): void {
    const increment = this.#connection.useUp(bytes);
    if (increment > 0) this.#frames.windowUpdate(0, increment);
  }

  /** Octets of a stream are with its receiver, or dropped. */
  onUsed(stream: Http2Stream, bytes: number): void {
    this.drop(bytes);
    const { window } = stream;
    if (window === undefined || !stream.isHeard || stream.hasInputEnded) return;
    if (stream.isHeldBack) window.hold(bytes);
    else this.#await(stream, window, bytes);
  }

  /** The receiver wants more. */
  onAwaited(stream: Http2Stream): void {
    if (stream.window !== undefined) this.#await(stream, stream.window, 0);
  }

  #await(stream: Http2Stream, window: ReceiveWindow, usedBytes: number): void {
    const increment = window.useUp(usedBytes);
    if (increment > 0) this.#frames.windowUpdate(stream.id, increment);
    // A tunnel may be silent.
    if (!stream.isTunnel) this.#watcher.awaitBody(stream);
  }
}
