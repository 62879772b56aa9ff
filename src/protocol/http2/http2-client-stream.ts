import type { HeaderList } from '../http/headers.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  UpstreamFailureReason,
} from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { Http2Error } from './frame-codes.ts';
import { Http2Stream } from './http2-stream.ts';
import type { ReceiveFlow } from './receive-flow.ts';
import type { SendScheduler } from './send-scheduler.ts';

/** What a stream needs of its connection. */
export interface Http2ClientStreamOwner {
  readonly sender: SendScheduler;
  readonly flow: ReceiveFlow;
  /** Gives a stream up, if it is still open. */
  reset(stream: Http2ClientStream, errorCode: number): void;
}

/** One HTTP/2 request on the client side. */
export class Http2ClientStream extends Http2Stream implements ClientStream {
  readonly isHead: boolean;
  /** The head of the final response has come. */
  hasResponse = false;
  /** Interim responses that came. */
  interimResponses = 0;
  /** The output's generation in which the request's head was written. */
  headGeneration = 0;
  readonly #handler: ClientStreamHandler;
  readonly #owner: Http2ClientStreamOwner;
  #requestEnded: boolean;

  /** @param options.endsNow the request has no body */
  constructor(
    id: number,
    options: { readonly head: RequestHead; readonly endsNow: boolean; readonly sendWindow: number },
    to: { readonly handler: ClientStreamHandler; readonly owner: Http2ClientStreamOwner },
  ) {
    const { head, endsNow, sendWindow } = options;
    const isTunnel = head.upgrade !== undefined;
    super(id, { sendWindow, window: undefined, isTunnel }, to.owner.flow);
    this.isHead = head.method === 'HEAD';
    this.isSent = endsNow;
    this.sendLeft = isTunnel || endsNow ? unknownLength : head.bodyLength;
    this.#requestEnded = endsNow;
    this.#handler = to.handler;
    this.#owner = to.owner;
  }

  get isHeard(): boolean {
    return !this.isClosed;
  }

  // What the sender of the request calls

  sendData(chunk: Uint8Array): boolean {
    if (!this.#takesContent) return true;
    if (this.mayStillSend(chunk.length)) return this.#owner.sender.send(this, chunk);
    this.#break();
    return true;
  }

  sendEnd(trailers?: HeaderList): void {
    if (!this.#takesContent) return;
    if (this.sendLeft > 0) {
      this.#break();
      return;
    }
    this.#requestEnded = true;
    this.#owner.sender.end(this, this.isTunnel ? undefined : trailers);
  }

  abort(): void {
    if (this.isClosed) return;
    this.#close();
    this.#owner.reset(this, Http2Error.CANCEL);
  }

  get #takesContent(): boolean {
    return !this.isClosed && !this.#requestEnded && !this.hasInputEnded;
  }

  /** The request is not as long as it was said to be: it must not look complete. */
  #break(): void {
    this.#requestEnded = true;
    this.#owner.reset(this, Http2Error.INTERNAL_ERROR);
    process.nextTick(failLocally, this);
  }

  // What the session tells

  receiveInformational(head: ResponseHead): void {
    this.#handler.onInformational(head.status, head.headers);
  }

  /** @param ended no body follows */
  receiveHead(head: ResponseHead, ended: boolean): void {
    this.hasResponse = true;
    if (ended) {
      this.hasInputEnded = true;
      this.isClosed = true;
    }
    this.#handler.onHead(head, ended);
  }

  /** The request has failed, unless its response is complete already. */
  fail(reason: UpstreamFailureReason, requestSent: boolean): void {
    if (this.isClosed || this.hasInputEnded) return;
    this.#close();
    this.#handler.onError({
      reason,
      transport: undefined,
      requestSent,
      responseStarted: this.hasResponse,
    });
  }

  #close(): void {
    this.isClosed = true;
    this.dropHeld();
  }

  protected tellBody(content: Buffer): void {
    this.#handler.onBody(content);
  }

  protected tellEnd(trailers: HeaderList | undefined): void {
    this.isClosed = true;
    this.#handler.onBodyEnd(trailers);
  }

  // What is told of the sending half

  override onSent(): void {
    this.isSent = true;
  }

  override onSendRoom(): void {
    if (this.#takesContent) this.#handler.onDrain();
  }
}

function failLocally(stream: Http2ClientStream): void {
  stream.fail('local_reset', true);
}
