import type { HeaderList } from '../http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
  StreamAbortReason,
} from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { giveBack } from '../net/read-buffer.ts';
import type { FieldWriter } from './field-writer.ts';
import { Http2Error } from './frame-codes.ts';
import { HeldBody } from './held-body.ts';
import type { ReceiveFlow } from './receive-flow.ts';
import type { ReceiveWindow } from './receive-window.ts';
import type { SendScheduler } from './send-scheduler.ts';
import { SendingStream } from './sending-stream.ts';

/** What a stream needs of its connection. */
export interface Http2StreamOwner {
  readonly info: ConnectionInfo;
  readonly sender: SendScheduler;
  readonly fields: FieldWriter;
  readonly flow: ReceiveFlow;
  drain(): void;
  /** The response is handed over to its end. */
  onResponseSent(stream: Http2ServerStream): void;
  /** @param outcome what the handler is told; undefined: nothing */
  reset(stream: Http2ServerStream, errorCode: number, outcome: StreamAbortReason | undefined): void;
}

const ignoringHandler: ServerStreamHandler = {
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onAbort: () => undefined,
  onComplete: () => undefined,
};

/** One HTTP/2 request on the server side. */
export class Http2ServerStream extends SendingStream implements ServerStream {
  readonly request: RequestHead;
  handler: ServerStreamHandler = ignoringHandler;
  /** Undefined when no content can come. */
  readonly window: ReceiveWindow | undefined;
  /** END_STREAM came. */
  hasRequestEnded: boolean;
  /** END_STREAM was written. */
  isResponseSent = false;
  /** No more of it: nothing is sent, nothing is told. */
  isClosed = false;
  /** Octets that content-length promises still; {@link unknownLength} if it does not say. */
  bodyLeft: number;
  /** When content must have come, in monotonic milliseconds; 0: never. */
  bodyDueMs = 0;
  /** When the upload of an answered request is stopped; 0: never. */
  stopDueMs = 0;
  readonly #owner: Http2StreamOwner;
  #isPaused = false;
  /** Nothing of a tunnel is read before it is accepted. */
  #awaitsAcceptance: boolean;
  /** Content that came while it was held back. */
  #held: HeldBody | undefined = undefined;
  #requestTrailers: HeaderList | undefined = undefined;
  #hasToldEnd = false;
  #hasResponded = false;
  #responseEnded = false;
  /** Octets that the response's content-length promises still. */
  #responseLeft = unknownLength;

  /** @param options.window undefined: no content follows */
  constructor(
    id: number,
    request: RequestHead,
    options: { readonly sendWindow: number; readonly window: ReceiveWindow | undefined },
    owner: Http2StreamOwner,
  ) {
    super(id, options.sendWindow);
    this.request = request;
    this.window = options.window;
    this.hasRequestEnded = options.window === undefined;
    this.#awaitsAcceptance = request.upgrade !== undefined;
    this.bodyLeft = this.#awaitsAcceptance ? unknownLength : request.bodyLength;
    this.#owner = owner;
  }

  get connection(): ConnectionInfo {
    return this.#owner.info;
  }

  /** The client is not to be asked for more content. */
  get isHeldBack(): boolean {
    return this.#isPaused || this.#awaitsAcceptance;
  }

  /** The handler hears of the request. */
  get isHeard(): boolean {
    return !this.isClosed && !this.#responseEnded;
  }

  /** The handler is set, and hears of the body from now on. */
  start(): void {
    if (this.hasRequestEnded) this.#tellEnd();
    else if (this.isHeard && !this.isHeldBack) this.#owner.flow.onAwaited(this);
  }

  // What comes from the client

  /** Content that windows and content-length allow. */
  receive(content: Buffer): void {
    if (!this.isHeard) {
      giveBack(content);
      this.#owner.flow.onUsed(this, content.length);
    } else if (this.isHeldBack || this.#held !== undefined) (this.#held ??= new HeldBody()).push(content);
    else this.#tell(content);
  }

  receiveEnd(trailers: HeaderList | undefined): void {
    this.hasRequestEnded = true;
    this.bodyDueMs = 0;
    this.#requestTrailers = trailers;
    if (this.#held === undefined && !this.#awaitsAcceptance) this.#tellEnd();
  }

  /** @internal Goes on with what was held back. */
  tellHeld(): void {
    const held = this.#held;
    while (this.isHeard && !this.isHeldBack) {
      const piece = held?.shift();
      if (piece === undefined) {
        this.#held = undefined;
        if (this.hasRequestEnded) this.#tellEnd();
        return;
      }
      this.#tell(piece);
    }
  }

  /** Forgets what was held back. */
  dropHeld(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#owner.flow.onUsed(this, held.bytes);
  }

  #tell(content: Buffer): void {
    this.handler.onBody(content);
    this.#owner.flow.onUsed(this, content.length);
  }

  #tellEnd(): void {
    if (this.#hasToldEnd || !this.isHeard) return;
    this.#hasToldEnd = true;
    this.handler.onBodyEnd(this.#requestTrailers);
  }

  // What the gateway calls

  pauseBody(): void {
    this.#isPaused = true;
    this.bodyDueMs = 0;
  }

  resumeBody(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#goOn();
  }

  sendInformational(status: number, headers: HeaderList): void {
    if (!this.isClosed && !this.#hasResponded) this.#owner.fields.informational(this, status, headers);
  }

  sendHead(head: ResponseHead, end: boolean): void {
    if (this.isClosed || this.#hasResponded) return;
    const { request } = this;
    const isTunnel = request.upgrade !== undefined;
    const isWhole = end || isBodiless(request.method, head.status);
    this.#hasResponded = true;
    // A length that no body fulfils is a violation, save where it says what a GET would have got (RFC 9110 §8.6).
    if (isWhole && head.bodyLength > 0 && request.method !== 'HEAD' && head.status !== 304)
      head.bodyLength = 0;
    this.#owner.fields.response(this, head, isTunnel, isWhole);
    if (isWhole) {
      this.#responseEnded = true;
      this.dropHeld();
      this.onSent();
    } else if (isTunnel && head.status === 101) {
      this.#awaitsAcceptance = false;
      this.#goOn();
    } else this.#responseLeft = head.bodyLength;
  }

  sendData(chunk: Uint8Array): boolean {
    if (!this.isHeard || !this.#hasResponded) return true;
    if (this.#responseLeft !== unknownLength) {
      this.#responseLeft -= chunk.length;
      if (this.#responseLeft < 0) {
        this.#break();
        return true;
      }
    }
    return this.#owner.sender.send(this, chunk);
  }

  sendEnd(trailers?: HeaderList): void {
    if (!this.isHeard || !this.#hasResponded) return;
    if (this.#responseLeft > 0) {
      this.#break();
      return;
    }
    this.#responseEnded = true;
    this.dropHeld();
    const hasTrailers = trailers !== undefined && trailers.length > 0 && this.request.upgrade === undefined;
    this.#owner.sender.end(this, hasTrailers ? trailers : undefined);
  }

  abort(): void {
    this.#owner.reset(this, Http2Error.INTERNAL_ERROR, undefined);
  }

  closeAfterResponse(): void {
    this.#owner.drain();
  }

  /** The response is not as long as it was said to be: it must not look complete. */
  #break(): void {
    this.#owner.reset(this, Http2Error.INTERNAL_ERROR, 'local_close');
  }

  /** After this turn: the caller is in the middle of something else. */
  #goOn(): void {
    if (this.isHeldBack || !this.isHeard) return;
    if (!this.hasRequestEnded) this.#owner.flow.onAwaited(this);
    if (this.#held !== undefined || (this.hasRequestEnded && !this.#hasToldEnd))
      process.nextTick(tellHeld, this);
  }

  // What is told of the sending half

  override onSent(): void {
    this.isResponseSent = true;
    this.#owner.onResponseSent(this);
  }

  override onSendRoom(): void {
    if (this.isHeard) this.handler.onDrain();
  }
}

/** Responses that end with their head, whatever is given. */
function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304;
}

function tellHeld(stream: Http2ServerStream): void {
  stream.tellHeld();
}
