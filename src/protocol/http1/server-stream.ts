import type { HeaderList } from '../http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
} from '../http/stream.ts';

/** The connection, as its streams use it. A stream that is no longer the current one is ignored. */
export interface Http1StreamOwner {
  readonly info: ConnectionInfo;
  pauseBody(stream: Http1ServerStream): void;
  resumeBody(stream: Http1ServerStream): void;
  sendInformational(stream: Http1ServerStream, status: number, headers: HeaderList): void;
  sendHead(stream: Http1ServerStream, head: ResponseHead, end: boolean): void;
  sendData(stream: Http1ServerStream, chunk: Uint8Array): boolean;
  sendEnd(stream: Http1ServerStream, trailers: HeaderList | undefined): void;
  abort(stream: Http1ServerStream): void;
}

const noHandler: ServerStreamHandler = {
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onAbort: () => undefined,
  onComplete: () => undefined,
};

/** One request on an HTTP/1 connection. */
export class Http1ServerStream implements ServerStream {
  readonly request: RequestHead;
  handler: ServerStreamHandler = noHandler;
  /** The final response's head was sent. */
  hasResponded = false;
  /** The response was given to its end. */
  hasEnded = false;
  /** The connection closes after this response. */
  closes: boolean;
  readonly #owner: Http1StreamOwner;

  constructor(owner: Http1StreamOwner, request: RequestHead, closes: boolean) {
    this.#owner = owner;
    this.request = request;
    this.closes = closes;
  }

  get connection(): ConnectionInfo {
    return this.#owner.info;
  }

  pauseBody(): void {
    this.#owner.pauseBody(this);
  }

  resumeBody(): void {
    this.#owner.resumeBody(this);
  }

  sendInformational(status: number, headers: HeaderList): void {
    this.#owner.sendInformational(this, status, headers);
  }

  sendHead(head: ResponseHead, end: boolean): void {
    this.#owner.sendHead(this, head, end);
  }

  sendData(chunk: Uint8Array): boolean {
    return this.#owner.sendData(this, chunk);
  }

  sendEnd(trailers?: HeaderList): void {
    this.#owner.sendEnd(this, trailers);
  }

  abort(): void {
    this.#owner.abort(this);
  }

  closeAfterResponse(): void {
    this.closes = true;
  }
}
