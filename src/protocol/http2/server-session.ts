import { HpackResult } from '../hpack/hpack-decoder.ts';
import type { HeaderList } from '../http/headers.ts';
import type { ConnectionInfo, ServerStream, StreamAbortReason } from '../http/stream.ts';
import type { SocketOutput } from '../net/socket-output.ts';
import type { TimerWheel } from '../net/timer-wheel.ts';
import { ClosedBy, ClosedStreams } from './closed-streams.ts';
import type { FieldBlock } from './field-block.ts';
import type { FieldWriter } from './field-writer.ts';
import { Http2Error, maxStreamId, Setting } from './frame-codes.ts';
import type { FrameInputOwner } from './frame-input.ts';
import type { Http2StreamOwner } from './http2-server-stream.ts';
import { Http2ServerStream } from './http2-server-stream.ts';
import type { Http2Limits } from './http2-settings.ts';
import { maxHeaderListBytes } from './http2-settings.ts';
import type { ReceiveFlow } from './receive-flow.ts';
import type { Http2RejectReason } from './request-fields.ts';
import { RequestFields } from './request-fields.ts';
import type { SendScheduler } from './send-scheduler.ts';
import type { SessionSide } from './session.ts';
import { Session } from './session.ts';
import type { StreamDeadlinesOwner } from './stream-deadlines.ts';
import { StreamDeadlines } from './stream-deadlines.ts';

/** The connection, as its session uses it. */
export interface ServerSessionOwner {
  readonly info: ConnectionInfo;
  onRequest(stream: ServerStream): void;
  onReject(reason: Http2RejectReason): void;
  /** The first stream was opened. */
  onBusy(): void;
  /** The last stream is gone. */
  onIdle(): void;
  onPeerLeaving(): void;
  drain(): void;
  /** The connection cannot go on (RFC 9113 §5.4.1). */
  fail(errorCode: number): void;
}

/** The server's side of a session: requests that come. */
export class ServerSession implements SessionSide<Http2ServerStream>, Http2StreamOwner, StreamDeadlinesOwner {
  readonly sender: SendScheduler;
  readonly fields: FieldWriter;
  readonly flow: ReceiveFlow;
  readonly #owner: ServerSessionOwner;
  readonly #limits: Http2Limits;
  readonly #session: Session<Http2ServerStream>;
  readonly #requests: RequestFields;
  readonly #closed = new ClosedStreams();
  readonly #deadlines: StreamDeadlines;
  /** Higher streams are idle (RFC 9113 §5.1). */
  #highestId = 0;
  /** The last stream that is taken, once GOAWAY has said so. */
  #lastTakenId = maxStreamId;

  constructor(
    options: { readonly output: SocketOutput; readonly limits: Http2Limits; readonly wheel: TimerWheel },
    owner: ServerSessionOwner,
  ) {
    const { output, limits, wheel } = options;
    this.#owner = owner;
    this.#limits = limits;
    this.#requests = new RequestFields(limits, owner.info.tls === undefined ? 'http' : 'https');
    this.#deadlines = new StreamDeadlines({ wheel, limits }, this);
    const session = new Session<Http2ServerStream>(
      { output, limits, watcher: this.#deadlines, nowMs: () => wheel.nowMs(), mayPeerEnablePush: true },
      this,
    );
    this.#session = session;
    this.sender = session.sender;
    this.fields = session.fields;
    this.flow = session.flow;
  }

  get info(): ConnectionInfo {
    return this.#owner.info;
  }

  /** Takes the frames that come. */
  get input(): FrameInputOwner {
    return this.#session;
  }

  /** Requests that are neither answered nor aborted. */
  get streams(): ReadonlyMap<number, Http2ServerStream> {
    return this.#session.streams;
  }

  // What the connection calls

  /** Sends our SETTINGS. */
  start(): void {
    const limits = this.#limits;
    this.#session.start([
      [Setting.MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams],
      [Setting.INITIAL_WINDOW_SIZE, limits.streamWindow],
      [Setting.MAX_HEADER_LIST_SIZE, maxHeaderListBytes(limits)],
      [Setting.ENABLE_CONNECT_PROTOCOL, 1],
    ]);
  }

  /** RFC 9113 §6.8: first "no new ones, please", then, a moment later, {@link endIntake}. */
  announceEnd(): void {
    this.#session.frames.goAway(maxStreamId, Http2Error.NO_ERROR);
  }

  /** Streams that come from now on are not looked at; the client is told which one was the last. */
  endIntake(errorCode: number): void {
    if (this.#lastTakenId !== maxStreamId && errorCode === Http2Error.NO_ERROR) return;
    this.#lastTakenId = Math.min(this.#lastTakenId, this.#highestId);
    this.#session.frames.goAway(this.#lastTakenId, errorCode);
  }

  /** The connection is over: no frame is sent any more. */
  abortAll(reason: StreamAbortReason): void {
    this.#deadlines.close();
    for (const stream of this.streams.values()) this.#end(stream, ClosedBy.US, reason);
  }

  // What the session tells

  isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#highestId;
  }

  onFields(streamId: number, block: FieldBlock, result: HpackResult): void {
    if ((streamId & 1) === 0) this.#owner.fail(Http2Error.PROTOCOL_ERROR);
    else if (streamId > this.#highestId) this.#open(streamId, block, result);
    else {
      const stream = this.streams.get(streamId);
      if (stream !== undefined) return this.#session.receiveTrailers(stream, block, result);
      this.#session.countIdleFrame();
      this.#onLateFrame(streamId, Http2Error.PROTOCOL_ERROR);
    }
  }

  readTrailers(fields: readonly string[]): HeaderList | undefined {
    return this.#requests.readTrailers(fields);
  }

  onInputEnd(stream: Http2ServerStream, trailers: HeaderList | undefined): void {
    if (stream.isClosed) return;
    stream.receiveEnd(trailers);
    if (stream.isSent && !stream.isClosed) this.#end(stream, ClosedBy.END, 'complete');
  }

  onStreamReset(stream: Http2ServerStream, errorCode: number): void {
    const isComplete = stream.isSent && errorCode === Http2Error.NO_ERROR;
    this.#end(stream, ClosedBy.PEER, isComplete ? 'complete' : 'remote_disconnect');
    if (!this.#session.guard.onReset()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  onLateData(streamId: number): void {
    this.#onLateFrame(streamId, Http2Error.STREAM_CLOSED);
  }

  onLateError(streamId: number, errorCode: number): void {
    this.#refuse(streamId, errorCode);
  }

  break(stream: Http2ServerStream, errorCode: number): void {
    this.reset(stream, errorCode, 'protocol_error');
    if (!this.#session.guard.onReset()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  onPeerSettings(): void {}

  onPingAck(): void {
    this.#session.countIdleFrame();
  }

  onGoAway(): void {
    this.#owner.onPeerLeaving();
    this.#session.countIdleFrame();
  }

  fail(errorCode: number): void {
    this.#owner.fail(errorCode);
  }

  #open(streamId: number, block: FieldBlock, result: HpackResult): void {
    this.#highestId = streamId;
    if (streamId > this.#lastTakenId) {
      this.#closed.add(streamId, ClosedBy.US);
      this.#session.countIdleFrame();
    } else if (block.dependsOnItself) this.#refuse(streamId, Http2Error.PROTOCOL_ERROR);
    else if (this.streams.size >= this.#limits.maxConcurrentStreams)
      this.#refuse(streamId, Http2Error.REFUSED_STREAM);
    else if (result === HpackResult.MALFORMED) this.#reject(streamId, 'http2.violation.of.messaging.rule');
    else if (result === HpackResult.TOO_LARGE) this.#reject(streamId, 'http2.too_many_headers');
    else this.#accept(streamId, this.#session.blockFields, block.endsStream);
  }

  #accept(streamId: number, fields: HeaderList, endsStream: boolean): void {
    const requests = this.#requests;
    const session = this.#session;
    const head = requests.read(fields, endsStream);
    if (typeof head === 'string') return this.#reject(streamId, head);
    const window = endsStream ? undefined : this.flow.createWindow();
    const sendWindow = session.peer.windowBytes;
    const stream = new Http2ServerStream(streamId, head, { sendWindow, window }, this);
    session.guard.onProgress();
    session.add(stream);
    if (this.streams.size === 1) this.#owner.onBusy();
    if (!endsStream && requests.expectsContinue) this.fields.informational(stream, 100, []);
    this.#owner.onRequest(stream);
    stream.start();
  }

  /** HEADERS or DATA on a stream that is closed (RFC 9113 §5.1). */
  #onLateFrame(streamId: number, errorCode: number): void {
    if (streamId > this.#lastTakenId) return;
    switch (this.#closed.find(streamId)) {
      case ClosedBy.US:
        return;
      case ClosedBy.PEER:
        this.#refuse(streamId, Http2Error.STREAM_CLOSED);
        return;
      case ClosedBy.END:
        this.#owner.fail(Http2Error.STREAM_CLOSED);
        return;
      case ClosedBy.UNKNOWN:
        this.#owner.fail(errorCode);
    }
  }

  // What streams and deadlines tell

  drain(): void {
    this.#owner.drain();
  }

  /** RFC 9113 §8.1: after a complete response the client is told not to send the rest of its request. */
  onResponseSent(stream: Http2ServerStream): void {
    if (stream.hasInputEnded) this.#end(stream, ClosedBy.END, 'complete');
    else this.#deadlines.awaitUpload(stream);
  }

  // The end of streams

  /** A request that is malformed or too large: reset without an answer. */
  #reject(streamId: number, reason: Http2RejectReason): void {
    if (reason === 'http2.violation.of.messaging.rule') this.#refuse(streamId, Http2Error.PROTOCOL_ERROR);
    else {
      this.#session.frames.resetStream(streamId, Http2Error.INTERNAL_ERROR);
      this.#closed.add(streamId, ClosedBy.US);
      if (!this.#session.guard.onReset()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
    }
    this.#owner.onReject(reason);
  }

  /** Resets a stream that is not open, because the client should not have sent what it sent. */
  #refuse(streamId: number, errorCode: number): void {
    this.#session.frames.resetStream(streamId, errorCode);
    this.#closed.add(streamId, ClosedBy.US);
    if (!this.#session.guard.onReset()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  reset(
    stream: Http2ServerStream,
    errorCode: number,
    outcome: StreamAbortReason | 'complete' | undefined,
  ): void {
    if (stream.isClosed) return;
    this.#session.frames.resetStream(stream.id, errorCode);
    this.#end(stream, ClosedBy.US, outcome);
  }

  /** @param outcome what the handler is told */
  #end(stream: Http2ServerStream, how: ClosedBy, outcome: StreamAbortReason | 'complete' | undefined): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.#session.remove(stream);
    this.#closed.add(stream.id, how);
    stream.dropHeld();
    if (outcome === 'complete') stream.handler.onComplete();
    else if (outcome !== undefined) stream.handler.onAbort(outcome);
    if (this.streams.size === 0) this.#owner.onIdle();
  }
}
