import { HpackResult } from '../hpack/hpack-decoder.ts';
import type { HeaderList } from '../http/headers.ts';
import type {
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  UpstreamFailureReason,
} from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import type { SocketOutput } from '../net/socket-output.ts';
import type { FieldBlock } from './field-block.ts';
import { Http2Error, maxStreamId, Setting } from './frame-codes.ts';
import type { FrameInputOwner } from './frame-input.ts';
import type { Http2ClientStreamOwner } from './http2-client-stream.ts';
import { Http2ClientStream } from './http2-client-stream.ts';
import type { Http2ClientLimits } from './http2-settings.ts';
import { maxHeaderListBytes } from './http2-settings.ts';
import { readTrailers } from './incoming-fields.ts';
import type { ReceiveFlow, ReceiveWatcher } from './receive-flow.ts';
import { hasForeignLength, isBodiless, readResponse } from './response-fields.ts';
import type { SendScheduler, SendWatcher } from './send-scheduler.ts';
import type { SessionSide } from './session.ts';
import { Session } from './session.ts';

/** The connection, as its session uses it. */
export interface ClientSessionOwner {
  /** A stream has ended, or the backend lets us open more of them, or fewer. */
  onChange(): void;
  /** No more streams can be opened: GOAWAY came, or all are used up. */
  onLastStream(): void;
  /** A ping was answered. False: none was waiting. */
  onPingAck(): boolean;
  /** The connection cannot go on (RFC 9113 §5.4.1). */
  fail(errorCode: number): void;
}

/** Streams that may be open before the backend's SETTINGS have come; RFC 9113 knows no limit then. */
const initialPeerStreams = 100;
/** Interim responses to one request; a peer that sends more is broken or hostile. */
const maxInterimResponses = 16;
const pingOctets = Buffer.alloc(8);

/** Whoever sends a request keeps its time. */
const unwatched: SendWatcher & ReceiveWatcher = {
  noteWaiting: () => undefined,
  awaitBody: () => undefined,
};
const acceptsAnyName = (): boolean => true;

/** The client's side of a session: requests that go, and their responses. */
export class ClientSession implements SessionSide<Http2ClientStream>, Http2ClientStreamOwner {
  readonly sender: SendScheduler;
  readonly flow: ReceiveFlow;
  readonly #owner: ClientSessionOwner;
  readonly #limits: Http2ClientLimits;
  readonly #output: SocketOutput;
  readonly #session: Session<Http2ClientStream>;
  #nextId: number;
  /** The last stream that the backend takes, once GOAWAY has said so. */
  #lastTakenId = maxStreamId;

  constructor(
    options: {
      readonly output: SocketOutput;
      readonly limits: Http2ClientLimits;
      readonly nowMs: () => number;
      readonly firstStreamId: number;
    },
    owner: ClientSessionOwner,
  ) {
    const { output, limits, nowMs } = options;
    this.#owner = owner;
    this.#limits = limits;
    this.#output = output;
    this.#nextId = options.firstStreamId;
    const session = new Session<Http2ClientStream>(
      { output, limits, watcher: unwatched, nowMs, mayPeerEnablePush: false },
      this,
    );
    this.#session = session;
    this.sender = session.sender;
    this.flow = session.flow;
  }

  /** Takes the frames that come. */
  get input(): FrameInputOwner {
    return this.#session;
  }

  /** Requests whose response is not complete. */
  get openStreams(): number {
    return this.#session.streams.size;
  }

  /** As far as the streams are concerned, another one may be opened. */
  get hasRoom(): boolean {
    const { peer } = this.#session;
    const peerLimit = peer.isKnown ? peer.maxConcurrentStreams : initialPeerStreams;
    return (
      this.#nextId <= maxStreamId && this.openStreams < Math.min(this.#limits.maxConcurrentStreams, peerLimit)
    );
  }

  // What the connection calls

  /** Sends the preface and our SETTINGS. */
  start(): void {
    const limits = this.#limits;
    this.#session.frames.preface();
    this.#session.start([
      [Setting.ENABLE_PUSH, 0],
      [Setting.INITIAL_WINDOW_SIZE, limits.streamWindow],
      [Setting.MAX_HEADER_LIST_SIZE, maxHeaderListBytes(limits)],
    ]);
  }

  /** Opens a stream, for which there must be room; `endsNow`: the request has no body. */
  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): Http2ClientStream {
    const session = this.#session;
    const id = this.#nextId;
    const sendWindow = session.peer.windowBytes;
    const stream = new Http2ClientStream(id, { head, endsNow, sendWindow }, { handler, owner: this });
    this.#nextId += 2;
    session.add(stream);
    session.guard.onProgress();
    session.fields.request(stream, head, endsNow);
    stream.headGeneration = stream.frameGeneration;
    if (this.#nextId > maxStreamId) this.#owner.onLastStream();
    return stream;
  }

  ping(): void {
    this.#session.frames.ping(pingOctets, 0, 0);
  }

  /** The last frame: nothing follows it. We have taken none of the backend's streams. */
  goAway(errorCode: number): void {
    this.#session.frames.goAway(0, errorCode);
  }

  /**
   * The connection is over.
   *
   * @param isFlushed what was written has left
   */
  failAll(reason: UpstreamFailureReason, isFlushed: boolean): void {
    const { generation } = this.#output;
    for (const stream of this.#session.streams.values()) {
      this.#session.remove(stream);
      stream.fail(reason, isFlushed || stream.headGeneration !== generation);
    }
  }

  // What the session tells

  isIdle(streamId: number): boolean {
    return (streamId & 1) === 0 || streamId >= this.#nextId;
  }

  onFields(streamId: number, block: FieldBlock, result: HpackResult): void {
    const stream = this.#session.streams.get(streamId);
    if (stream === undefined) {
      if (this.isIdle(streamId)) this.#owner.fail(Http2Error.PROTOCOL_ERROR);
      else this.#session.countIdleFrame();
    } else if (stream.hasResponse) this.#session.receiveTrailers(stream, block, result);
    else this.#receiveHead(stream, block, result);
  }

  readTrailers(fields: readonly string[]): HeaderList | undefined {
    return readTrailers(fields, acceptsAnyName);
  }

  onInputEnd(stream: Http2ClientStream, trailers: HeaderList | undefined): void {
    if (stream.isClosed) return;
    stream.receiveEnd(trailers);
    this.#finish(stream);
  }

  onStreamReset(stream: Http2ClientStream, errorCode: number): void {
    this.#remove(stream);
    const isRefused = errorCode === Http2Error.REFUSED_STREAM;
    // RFC 9113 §8.7: a refused stream was not processed at all.
    if (isRefused) stream.fail('remote_refused_stream_reset', false);
    else stream.fail(errorCode === Http2Error.PROTOCOL_ERROR ? 'protocol_error' : 'remote_reset', true);
  }

  /** We may have cancelled it: what was on its way then still comes. */
  onLateData(): void {}

  onLateError(): void {
    this.#session.countIdleFrame();
  }

  break(stream: Http2ClientStream, errorCode: number): void {
    this.reset(stream, errorCode);
    stream.fail('protocol_error', true);
  }

  onPeerSettings(): void {
    this.#owner.onChange();
  }

  onPingAck(): void {
    if (!this.#owner.onPingAck()) this.#session.countIdleFrame();
  }

  /** Streams above the last one were not processed (RFC 9113 §6.8). */
  onGoAway(lastStreamId: number): void {
    this.#lastTakenId = Math.min(this.#lastTakenId, lastStreamId);
    this.#owner.onLastStream();
    for (const stream of this.#session.streams.values()) {
      if (stream.id <= this.#lastTakenId) continue;
      this.#remove(stream);
      stream.fail('remote_refused_stream_reset', false);
    }
  }

  fail(errorCode: number): void {
    this.#owner.fail(errorCode);
  }

  #receiveHead(stream: Http2ClientStream, block: FieldBlock, result: HpackResult): void {
    if (result === HpackResult.TOO_LARGE) return this.break(stream, Http2Error.ENHANCE_YOUR_CALM);
    const isReadable = result === HpackResult.OK && !block.dependsOnItself;
    const head = isReadable ? readResponse(this.#session.blockFields) : undefined;
    if (head === undefined) this.break(stream, Http2Error.PROTOCOL_ERROR);
    else if (head.status < 200) this.#receiveInterim(stream, head, block.endsStream);
    else if (block.endsStream) this.#receiveWhole(stream, head);
    else this.#startBody(stream, head);
  }

  #receiveInterim(stream: Http2ClientStream, head: ResponseHead, endsStream: boolean): void {
    if (endsStream) this.break(stream, Http2Error.PROTOCOL_ERROR);
    else if (++stream.interimResponses > maxInterimResponses)
      this.break(stream, Http2Error.ENHANCE_YOUR_CALM);
    // 100 is between us and the server: we never ask for it.
    else if (head.status !== 100) stream.receiveInformational(head);
  }

  #receiveWhole(stream: Http2ClientStream, head: ResponseHead): void {
    if (!hasForeignLength(stream.isHead, head.status)) {
      if (head.bodyLength > 0) return this.break(stream, Http2Error.PROTOCOL_ERROR);
      head.bodyLength = 0;
    }
    acceptTunnel(stream, head);
    this.#session.guard.onProgress();
    stream.receiveHead(head, true);
    this.#finish(stream);
  }

  #startBody(stream: Http2ClientStream, head: ResponseHead): void {
    stream.bodyLeft = isBodiless(stream.isHead, head.status) ? 0 : head.bodyLength;
    acceptTunnel(stream, head);
    stream.window = this.flow.createWindow();
    this.#session.guard.onProgress();
    stream.receiveHead(head, false);
  }

  // The end of streams

  /** The response is complete: what is left of its request is not sent any more. */
  #finish(stream: Http2ClientStream): void {
    if (stream.isSent) this.#remove(stream);
    else this.reset(stream, Http2Error.NO_ERROR);
  }

  reset(stream: Http2ClientStream, errorCode: number): void {
    if (this.#session.streams.get(stream.id) !== stream) return;
    this.#session.frames.resetStream(stream.id, errorCode);
    this.#remove(stream);
  }

  #remove(stream: Http2ClientStream): void {
    this.#session.remove(stream);
    this.#owner.onChange();
  }
}

/** RFC 8441 §5: what accepts a tunnel is 101 to the rest of the gateway. */
function acceptTunnel(stream: Http2ClientStream, head: ResponseHead): void {
  if (!stream.isTunnel || head.status !== 200) return;
  head.status = 101;
  head.bodyLength = unknownLength;
  stream.bodyLeft = unknownLength;
}
