import { HpackDecoder, HpackResult } from '../hpack/hpack-decoder.ts';
import type { HeaderList } from '../http/headers.ts';
import type { SocketOutput } from '../net/socket-output.ts';
import type { AbuseLimits } from './abuse-guard.ts';
import { AbuseGuard } from './abuse-guard.ts';
import type { FieldBlock } from './field-block.ts';
import { FieldWriter } from './field-writer.ts';
import { FrameFlag, Http2Error, initialWindowBytes } from './frame-codes.ts';
import type { FrameInputOwner } from './frame-input.ts';
import type { SettingPair } from './frame-writer.ts';
import { FrameWriter } from './frame-writer.ts';
import type { Http2Stream } from './http2-stream.ts';
import { PeerSettings } from './peer-settings.ts';
import type { FlowLimits, ReceiveWatcher } from './receive-flow.ts';
import { ReceiveFlow } from './receive-flow.ts';
import type { SendWatcher } from './send-scheduler.ts';
import { SendScheduler } from './send-scheduler.ts';

/** The side of a connection: whose streams they are, what their field blocks mean, how they end. */
export interface SessionSide<S extends Http2Stream> {
  /** A stream that nobody has opened (RFC 9113 §5.1). */
  isIdle(streamId: number): boolean;
  /** A field block that does not break HPACK; its fields are in {@link Session.blockFields}. */
  onFields(streamId: number, block: FieldBlock, result: HpackResult): void;
  /** The fields of trailers that may be passed on; undefined: they are malformed. */
  readTrailers(fields: readonly string[]): HeaderList | undefined;
  /** END_STREAM came, which may be seen after the stream is closed. */
  onInputEnd(stream: S, trailers: HeaderList | undefined): void;
  onStreamReset(stream: S, errorCode: number): void;
  /** DATA for a stream that is closed. */
  onLateData(streamId: number): void;
  /** A stream error of the peer's on a stream that is closed. */
  onLateError(streamId: number, errorCode: number): void;
  /** A stream error of the peer's (RFC 9113 §5.4.2). */
  break(stream: S, errorCode: number): void;
  onPeerSettings(): void;
  onPingAck(): void;
  onGoAway(lastStreamId: number): void;
  /** The connection cannot go on (RFC 9113 §5.4.1). */
  fail(errorCode: number): void;
}

/** What a session is made of. */
export interface SessionOptions {
  readonly output: SocketOutput;
  readonly limits: FlowLimits &
    AbuseLimits & { readonly maxHeaderBytes: number; readonly maxHeaderFields: number };
  readonly watcher: SendWatcher & ReceiveWatcher;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** See {@link PeerSettings}. */
  readonly mayPeerEnablePush: boolean;
}

/** What our SETTINGS_HEADER_TABLE_SIZE would say if it were not the default. */
const headerTableBytes = 4096;

/** What frames do to the streams of a connection (RFC 9113 §5), as far as it is the same on both sides. */
export class Session<S extends Http2Stream> implements FrameInputOwner {
  readonly frames: FrameWriter;
  readonly fields: FieldWriter;
  readonly sender: SendScheduler;
  readonly flow: ReceiveFlow;
  readonly guard: AbuseGuard;
  readonly peer: PeerSettings;
  /** Those that are open, or half of them. */
  readonly streams: ReadonlyMap<number, S>;
  readonly #streams = new Map<number, S>();
  readonly #side: SessionSide<S>;
  readonly #connectionWindow: number;
  readonly #fieldLimits: { readonly maxBytes: number; readonly maxFields: number };
  readonly #decoder = new HpackDecoder(headerTableBytes);
  #isAcknowledged = false;

  constructor(options: SessionOptions, side: SessionSide<S>) {
    const { output, limits, watcher } = options;
    this.#side = side;
    this.#connectionWindow = limits.connectionWindow;
    this.#fieldLimits = { maxBytes: limits.maxHeaderBytes, maxFields: limits.maxHeaderFields };
    this.streams = this.#streams;
    this.frames = new FrameWriter(output);
    this.fields = new FieldWriter(this.frames);
    this.guard = new AbuseGuard(limits, options.nowMs);
    this.peer = new PeerSettings(options.mayPeerEnablePush);
    this.sender = new SendScheduler({ output, frames: this.frames, fields: this.fields }, watcher);
    this.flow = new ReceiveFlow(this.frames, limits, watcher);
  }

  /** The fields of the block that was decoded last. */
  get blockFields(): HeaderList {
    return this.#decoder.fields;
  }

  // What the side calls

  /** Sends our SETTINGS, which come before every other frame. */
  start(settings: readonly SettingPair[]): void {
    this.frames.settings(settings);
    if (this.#connectionWindow > initialWindowBytes)
      this.frames.windowUpdate(0, this.#connectionWindow - initialWindowBytes);
  }

  add(stream: S): void {
    this.#streams.set(stream.id, stream);
  }

  /** A stream is closed: nothing more is sent on it. */
  remove(stream: S): void {
    this.#streams.delete(stream.id);
    this.sender.drop(stream);
  }

  /** A field block behind the head of a message. */
  receiveTrailers(stream: S, block: FieldBlock, result: HpackResult): void {
    const side = this.#side;
    if (stream.hasInputEnded) return side.break(stream, Http2Error.STREAM_CLOSED);
    if (!block.endsStream || block.dependsOnItself || stream.isTunnel || stream.bodyLeft > 0)
      return side.break(stream, Http2Error.PROTOCOL_ERROR);
    if (result === HpackResult.TOO_LARGE) return side.break(stream, Http2Error.ENHANCE_YOUR_CALM);
    const trailers = result === HpackResult.OK ? side.readTrailers(this.blockFields) : undefined;
    if (trailers === undefined) side.break(stream, Http2Error.PROTOCOL_ERROR);
    else side.onInputEnd(stream, trailers);
  }

  /** A frame came that brings nothing on. */
  countIdleFrame(): void {
    if (!this.guard.onIdleFrame(this.sender.sentFrames)) this.#side.fail(Http2Error.ENHANCE_YOUR_CALM);
  }

  // Frames that concern a stream

  onFieldBlock(streamId: number, block: FieldBlock): void {
    const { bytes, start, end } = block;
    const result = this.#decoder.decode(bytes, start, end, this.#fieldLimits);
    if (result === HpackResult.FAILED) this.#side.fail(Http2Error.COMPRESSION_ERROR);
    else this.#side.onFields(streamId, block, result);
  }

  onData(streamId: number, content: Buffer, frameBytes: number, endsStream: boolean): void {
    const { flow } = this;
    const side = this.#side;
    if (!flow.take(frameBytes)) return side.fail(Http2Error.FLOW_CONTROL_ERROR);
    const stream = this.#streams.get(streamId);
    if (content.length === 0 && !endsStream) this.countIdleFrame();
    if (stream === undefined) {
      flow.drop(frameBytes);
      if (side.isIdle(streamId)) side.fail(Http2Error.PROTOCOL_ERROR);
      else side.onLateData(streamId);
      return;
    }
    const error = flow.judge(stream, content.length, frameBytes, endsStream);
    if (error !== Http2Error.NO_ERROR) {
      flow.drop(frameBytes);
      side.break(stream, error);
      return;
    }
    if (frameBytes > content.length) flow.onUsed(stream, frameBytes - content.length);
    if (content.length > 0) stream.receive(content);
    if (endsStream) side.onInputEnd(stream, undefined);
  }

  onReset(streamId: number, errorCode: number): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) this.#side.onStreamReset(stream, errorCode);
    else if (this.#side.isIdle(streamId)) this.#side.fail(Http2Error.PROTOCOL_ERROR);
    else this.countIdleFrame();
  }

  onStreamError(streamId: number, errorCode: number): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) this.#side.break(stream, errorCode);
    else if (this.#side.isIdle(streamId)) this.#side.fail(errorCode);
    else this.#side.onLateError(streamId, errorCode);
  }

  onWindowUpdate(streamId: number, increment: number): void {
    const side = this.#side;
    this.countIdleFrame();
    if (streamId === 0) {
      if (!this.sender.widen(increment)) side.fail(Http2Error.FLOW_CONTROL_ERROR);
      return;
    }
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      if (side.isIdle(streamId)) side.fail(Http2Error.PROTOCOL_ERROR);
    } else if (this.sender.widenStream(stream, increment)) this.sender.pump();
    else side.break(stream, Http2Error.FLOW_CONTROL_ERROR);
  }

  // Frames that concern the connection

  onSettings(bytes: Buffer, start: number, end: number): void {
    const { peer, sender } = this;
    const { windowBytes } = peer;
    if (peer.isKnown) this.countIdleFrame();
    const error = peer.read(bytes, start, end);
    if (error !== Http2Error.NO_ERROR) return this.#side.fail(error);
    this.fields.encoder.setMaxTableBytes(peer.headerTableBytes);
    this.frames.maxFrameBytes = peer.maxFrameBytes;
    this.frames.settingsAck();
    const increment = peer.windowBytes - windowBytes;
    if (increment !== 0) {
      for (const stream of this.#streams.values())
        if (!sender.widenStream(stream, increment)) return this.#side.fail(Http2Error.FLOW_CONTROL_ERROR);
      sender.pump();
    }
    this.#side.onPeerSettings();
  }

  onSettingsAck(): void {
    if (this.#isAcknowledged) return this.#side.fail(Http2Error.PROTOCOL_ERROR);
    this.#isAcknowledged = true;
    this.flow.onAcknowledged(this.#streams.values());
  }

  onPing(bytes: Buffer, start: number): void {
    this.countIdleFrame();
    this.frames.ping(bytes, start, FrameFlag.ACK);
  }

  onPingAck(): void {
    this.#side.onPingAck();
  }

  onGoAway(lastStreamId: number): void {
    this.#side.onGoAway(lastStreamId);
  }

  onOther(): void {
    this.countIdleFrame();
  }

  onConnectionError(errorCode: number): void {
    this.#side.fail(errorCode);
  }
}
