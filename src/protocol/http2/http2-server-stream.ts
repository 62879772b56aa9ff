import type { HeaderList } from '../http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
  StreamAbortReason,
} from '../http/stream.ts';
import type { FieldWriter } from './field-writer.ts';
import { Http2Error } from './frame-codes.ts';
import { Http2Stream } from './http2-stream.ts';
import type { ReceiveFlow } from './receive-flow.ts';
import type { ReceiveWindow } from './receive-window.ts';
import type { SendScheduler } from './send-scheduler.ts';

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
export class Http2ServerStream extends Http2Stream implements ServerStream {
  readonly request: RequestHead;
  handler: ServerStreamHandler = ignoringHandler;
  /** When the upload of an answered request is stopped; 0: never. */
  stopDueMs = 0;
  readonly #owner: Http2StreamOwner;
  /** Nothing of a tunnel is read before it is accepted. */
  #awaitsAcceptance: boolean;
  #hasResponded = false;
  #responseEnded = false;

  /** @param options.window undefined: no content follows */
  constructor(
    id: number,
    request: RequestHead,
    options: { readonly sendWindow: number; readonly window: ReceiveWindow | undefined },
    owner: Http2StreamOwner,
  ) {
    const isTunnel = request.upgrade !== undefined;
    super(id, { ...options, isTunnel }, owner.flow);
    this.request = request;
    this.hasInputEnded = options.window === undefined;
    this.#awaitsAcceptance = isTunnel;
    if (!isTunnel) this.bodyLeft = request.bodyLength;
    this.#owner = owner;
  }

  get connection(): ConnectionInfo {
    return this.#owner.info;
  }

  override get isHeldBack(): boolean {
    return super.isHeldBack || this.#awaitsAcceptance;
  }

  get isHeard(): boolean {
    return !this.isClosed && !this.#responseEnded;
  }

  /** The handler is set, and hears of the body from now on. */
  start(): void {
    if (this.hasInputEnded) this.tellEndOnce();
    else if (this.isHeard && !this.isHeldBack) this.#owner.flow.onAwaited(this);
  }

  protected override tellEndOnce(): void {
    if (!this.#awaitsAcceptance) super.tellEndOnce();
  }

  protected tellBody(content: Buffer): void {
    this.handler.onBody(content);
  }

  protected tellEnd(trailers: HeaderList | undefined): void {
    this.handler.onBodyEnd(trailers);
  }

  // What the gateway calls

  sendInformational(status: number, headers: HeaderList): void {
    if (!this.isClosed && !this.#hasResponded) this.#owner.fields.informational(this, status, headers);
  }

  sendHead(head: ResponseHead, end: boolean): void {
    if (this.isClosed || this.#hasResponded) return;
    const { isTunnel, request } = this;
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
      this.goOn();
    } else this.sendLeft = head.bodyLength;
  }

  sendData(chunk: Uint8Array): boolean {
    if (!this.isHeard || !this.#hasResponded) return true;
    if (this.mayStillSend(chunk.length)) return this.#owner.sender.send(this, chunk);
    this.#break();
    return true;
  }

  sendEnd(trailers?: HeaderList): void {
    if (!this.isHeard || !this.#hasResponded) return;
    if (this.sendLeft > 0) {
      this.#break();
      return;
    }
    this.#responseEnded = true;
    this.dropHeld();
    this.#owner.sender.end(this, this.isTunnel ? undefined : trailers);
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

  // What is told of the sending half

  override onSent(): void {
    this.isSent = true;
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
