import { HpackDecoder, HpackResult } from '../hpack/hpack-decoder.ts';
import type { HeaderList } from '../http/headers.ts';
import type { ConnectionInfo, ServerStream, StreamAbortReason } from '../http/stream.ts';
import type { SocketOutput } from '../net/socket-output.ts';
import type { TimerWheel } from '../net/timer-wheel.ts';
import { AbuseGuard } from './abuse-guard.ts';
import { ClosedBy, ClosedStreams } from './closed-streams.ts';
import type { FieldBlock } from './field-block.ts';
import { FieldWriter } from './field-writer.ts';
import { Http2Error, initialWindowBytes, maxStreamId, Setting } from './frame-codes.ts';
import type { FrameInputOwner } from './frame-input.ts';
import { FrameWriter } from './frame-writer.ts';
import type { Http2StreamOwner } from './http2-server-stream.ts';
import { Http2ServerStream } from './http2-server-stream.ts';
import type { Http2Limits } from './http2-settings.ts';
import { maxHeaderListBytes } from './http2-settings.ts';
import { PeerSettings } from './peer-settings.ts';
import { ReceiveFlow } from './receive-flow.ts';
import type { Http2RejectReason } from './request-fields.ts';
import { RequestFields } from './request-fields.ts';
import { SendScheduler } from './send-scheduler.ts';
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

/** What our SETTINGS_HEADER_TABLE_SIZE would say if it were not the default. */
const headerTableBytes = 4096;

/** The streams of one connection, and what frames do to them (RFC 9113 §5). */
export class ServerSession implements FrameInputOwner, Http2StreamOwner, StreamDeadlinesOwner {
  readonly sender: SendScheduler;
  readonly fields: FieldWriter;
  readonly flow: ReceiveFlow;
  readonly #owner: ServerSessionOwner;
  readonly #limits: Http2Limits;
  readonly #fieldLimits: { readonly maxBytes: number; readonly maxFields: number };
  readonly #frames: FrameWriter;
  readonly #decoder = new HpackDecoder(headerTableBytes);
  readonly #requests: RequestFields;
  readonly #peer = new PeerSettings();
  readonly #guard: AbuseGuard;
  readonly #streams = new Map<number, Http2ServerStream>();
  readonly #closed = new ClosedStreams();
  readonly #deadlines: StreamDeadlines;
  #isAcknowledged = false;
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
    this.#fieldLimits = { maxBytes: limits.maxHeaderBytes, maxFields: limits.maxHeaderFields };
    this.#frames = new FrameWriter(output);
    this.fields = new FieldWriter(this.#frames);
    this.#requests = new RequestFields(limits);
    this.#guard = new AbuseGuard(limits, () => wheel.nowMs());
    this.#deadlines = new StreamDeadlines({ wheel, limits, streams: this.#streams }, this);
    const to = { output, frames: this.#frames, fields: this.fields };
    this.sender = new SendScheduler(to, this.#deadlines);
    this.flow = new ReceiveFlow(this.#frames, limits, this.#deadlines);
  }

  get info(): ConnectionInfo {
    return this.#owner.info;
  }

  /** Requests that are neither answered nor aborted. */
  get openStreams(): number {
    return this.#streams.size;
  }

  // What the connection calls

  /** Sends our SETTINGS, which come before everything else. */
  start(): void {
    const limits = this.#limits;
    this.#frames.settings([
      [Setting.MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams],
      [Setting.INITIAL_WINDOW_SIZE, limits.streamWindow],
      [Setting.MAX_HEADER_LIST_SIZE, maxHeaderListBytes(limits)],
      [Setting.ENABLE_CONNECT_PROTOCOL, 1],
    ]);
    if (limits.connectionWindow > initialWindowBytes)
      this.#frames.windowUpdate(0, limits.connectionWindow - initialWindowBytes);
  }

  /** RFC 9113 §6.8: first "no new ones, please", then, a moment later, {@link endIntake}. */
  announceEnd(): void {
    this.#frames.goAway(maxStreamId, Http2Error.NO_ERROR);
  }

  /** Streams that come from now on are not looked at; the client is told which one was the last. */
  endIntake(errorCode: number): void {
    if (this.#lastTakenId !== maxStreamId && errorCode === Http2Error.NO_ERROR) return;
    this.#lastTakenId = Math.min(this.#lastTakenId, this.#highestId);
    this.#frames.goAway(this.#lastTakenId, errorCode);
  }

  /** The connection is over: no frame is sent any more. */
  abortAll(reason: StreamAbortReason): void {
    this.#deadlines.close();
    for (const stream of this.#streams.values()) this.#end(stream, ClosedBy.US, reason);
  }

  // Frames that concern a stream

  onFieldBlock(streamId: number, block: FieldBlock): void {
    const { bytes, start, end } = block;
    const result = this.#decoder.decode(bytes, start, end, this.#fieldLimits);
    if (result === HpackResult.FAILED) this.#owner.fail(Http2Error.COMPRESSION_ERROR);
    else if ((streamId & 1) === 0) this.#owner.fail(Http2Error.PROTOCOL_ERROR);
    else if (streamId > this.#highestId) this.#open(streamId, block, result);
    else {
      const stream = this.#streams.get(streamId);
      if (stream === undefined) this.#onLateFrame(streamId, Http2Error.PROTOCOL_ERROR);
      else this.#receiveTrailers(stream, block, result);
    }
  }

  onData(streamId: number, content: Buffer, frameBytes: number, endsStream: boolean): void {
    if (!this.flow.take(frameBytes)) return this.#owner.fail(Http2Error.FLOW_CONTROL_ERROR);
    const stream = this.#streams.get(streamId);
    if (content.length === 0 && !endsStream) this.#countIdleFrame();
    if (stream === undefined) {
      this.flow.drop(frameBytes);
      if (this.#isIdle(streamId)) this.#owner.fail(Http2Error.PROTOCOL_ERROR);
      else this.#onLateFrame(streamId, Http2Error.STREAM_CLOSED);
      return;
    }
    const error = this.flow.judge(stream, content.length, frameBytes, endsStream);
    if (error !== Http2Error.NO_ERROR) {
      this.flow.drop(frameBytes);
      this.#break(stream, error);
      return;
    }
    if (frameBytes > content.length) this.flow.onUsed(stream, frameBytes - content.length);
    if (content.length > 0) stream.receive(content);
    if (endsStream) this.#endRequest(stream, undefined);
  }

  onReset(streamId: number, errorCode: number): void {
    if (this.#isIdle(streamId)) return this.#owner.fail(Http2Error.PROTOCOL_ERROR);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return this.#countIdleFrame();
    const isComplete = stream.isResponseSent && errorCode === Http2Error.NO_ERROR;
    this.#end(stream, ClosedBy.PEER, isComplete ? 'complete' : 'remote_disconnect');
    if (!this.#guard.onReset()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  onStreamError(streamId: number, errorCode: number): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) this.#break(stream, errorCode);
    else if (this.#isIdle(streamId)) this.#owner.fail(errorCode);
    else this.#refuse(streamId, errorCode);
  }

  #open(streamId: number, block: FieldBlock, result: HpackResult): void {
    this.#highestId = streamId;
    if (streamId > this.#lastTakenId) this.#closed.add(streamId, ClosedBy.US);
    else if (block.dependsOnItself) this.#refuse(streamId, Http2Error.PROTOCOL_ERROR);
    else if (this.#streams.size >= this.#limits.maxConcurrentStreams)
      this.#refuse(streamId, Http2Error.REFUSED_STREAM);
    else if (result === HpackResult.MALFORMED) this.#reject(streamId, 'http2.violation.of.messaging.rule');
    else if (result === HpackResult.TOO_LARGE) this.#reject(streamId, 'http2.too_many_headers');
    else this.#accept(streamId, this.#decoder.fields, block.endsStream);
  }

  #accept(streamId: number, fields: HeaderList, endsStream: boolean): void {
    const requests = this.#requests;
    const head = requests.read(fields, endsStream);
    if (typeof head === 'string') return this.#reject(streamId, head);
    const window = endsStream ? undefined : this.flow.createWindow();
    const stream = new Http2ServerStream(
      streamId,
      head,
      { sendWindow: this.#peer.windowBytes, window },
      this,
    );
    this.#guard.onProgress();
    this.#streams.set(streamId, stream);
    if (this.#streams.size === 1) this.#owner.onBusy();
    if (!endsStream && requests.expectsContinue) this.fields.informational(stream, 100, []);
    this.#owner.onRequest(stream);
    stream.start();
  }

  #receiveTrailers(stream: Http2ServerStream, block: FieldBlock, result: HpackResult): void {
    if (stream.hasRequestEnded) return this.#break(stream, Http2Error.STREAM_CLOSED);
    const isTunnel = stream.request.upgrade !== undefined;
    if (!block.endsStream || block.dependsOnItself || isTunnel || stream.bodyLeft > 0)
      return this.#break(stream, Http2Error.PROTOCOL_ERROR);
    if (result === HpackResult.TOO_LARGE) return this.#break(stream, Http2Error.ENHANCE_YOUR_CALM);
    const trailers =
      result === HpackResult.OK ? this.#requests.readTrailers(this.#decoder.fields) : undefined;
    if (trailers === undefined) this.#break(stream, Http2Error.PROTOCOL_ERROR);
    else this.#endRequest(stream, trailers);
  }

  #endRequest(stream: Http2ServerStream, trailers: HeaderList | undefined): void {
    if (stream.isClosed) return;
    stream.receiveEnd(trailers);
    if (stream.isResponseSent && !stream.isClosed) this.#end(stream, ClosedBy.END, 'complete');
  }

  #isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId > this.#highestId;
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

  // Frames that concern the connection

  onSettings(bytes: Buffer, start: number, end: number): void {
    const peer = this.#peer;
    const { windowBytes } = peer;
    if (peer.isKnown) this.#countIdleFrame();
    const error = peer.read(bytes, start, end);
    if (error !== Http2Error.NO_ERROR) return this.#owner.fail(error);
    this.fields.encoder.setMaxTableBytes(peer.headerTableBytes);
    this.#frames.maxFrameBytes = peer.maxFrameBytes;
    this.#frames.settingsAck();
    const increment = peer.windowBytes - windowBytes;
    if (increment === 0) return;
    for (const stream of this.#streams.values())
      if (!this.sender.widenStream(stream, increment)) return this.#owner.fail(Http2Error.FLOW_CONTROL_ERROR);
    this.sender.pump();
  }

  onSettingsAck(): void {
    if (this.#isAcknowledged) return this.#owner.fail(Http2Error.PROTOCOL_ERROR);
    this.#isAcknowledged = true;
    this.flow.onAcknowledged(this.#streams.values());
  }

  onPing(bytes: Buffer, start: number): void {
    this.#countIdleFrame();
    this.#frames.pingAck(bytes, start);
  }

  onGoAway(): void {
    this.#owner.onPeerLeaving();
  }

  onWindowUpdate(streamId: number, increment: number): void {
    this.#countIdleFrame();
    if (streamId === 0) {
      if (!this.sender.widen(increment)) this.#owner.fail(Http2Error.FLOW_CONTROL_ERROR);
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      if (this.#isIdle(streamId)) this.#owner.fail(Http2Error.PROTOCOL_ERROR);
    } else if (this.sender.widenStream(stream, increment)) this.sender.pump();
    else this.#break(stream, Http2Error.FLOW_CONTROL_ERROR);
  }

  onOther(): void {
    this.#countIdleFrame();
  }

  onConnectionError(errorCode: number): void {
    this.#owner.fail(errorCode);
  }

  #countIdleFrame(): void {
    if (!this.#guard.onIdleFrame(this.sender.sentFrames)) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  // What streams and deadlines tell

  drain(): void {
    this.#owner.drain();
  }

  /** RFC 9113 §8.1: after a complete response the client is told not to send the rest of its request. */
  onResponseSent(stream: Http2ServerStream): void {
    if (stream.hasRequestEnded) this.#end(stream, ClosedBy.END, 'complete');
    else this.#deadlines.awaitUpload(stream);
  }

  // The end of streams

  /** A request that is malformed or too large: reset without an answer. */
  #reject(streamId: number, reason: Http2RejectReason): void {
    if (reason === 'http2.violation.of.messaging.rule') this.#refuse(streamId, Http2Error.PROTOCOL_ERROR);
    else {
      this.#frames.resetStream(streamId, Http2Error.INTERNAL_ERROR);
      this.#closed.add(streamId, ClosedBy.US);
      if (!this.#guard.onReset()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
    }
    this.#owner.onReject(reason);
  }

  /** Resets a stream that is not open, because the client should not have sent what it sent. */
  #refuse(streamId: number, errorCode: number): void {
    this.#frames.resetStream(streamId, errorCode);
    this.#closed.add(streamId, ClosedBy.US);
    if (!this.#guard.onViolation()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  /** A stream error (RFC 9113 §5.4.2) of the client's. */
  #break(stream: Http2ServerStream, errorCode: number): void {
    this.reset(stream, errorCode, 'protocol_error');
    if (!this.#guard.onViolation()) this.#owner.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  reset(
    stream: Http2ServerStream,
    errorCode: number,
    outcome: StreamAbortReason | 'complete' | undefined,
  ): void {
    if (stream.isClosed) return;
    this.#frames.resetStream(stream.id, errorCode);
    this.#end(stream, ClosedBy.US, outcome);
  }

  /** @param outcome what the handler is told */
  #end(stream: Http2ServerStream, how: ClosedBy, outcome: StreamAbortReason | 'complete' | undefined): void {
    if (stream.isClosed) return;
    stream.isClosed = true;
    this.#streams.delete(stream.id);
    this.#closed.add(stream.id, how);
    this.sender.drop(stream);
    stream.dropHeld();
    if (outcome === 'complete') stream.handler.onComplete();
    else if (outcome !== undefined) stream.handler.onAbort(outcome);
    if (this.#streams.size === 0) this.#owner.onIdle();
  }
}
