import type { HeaderList } from '../http/headers.ts';
import type { ClientStream, ClientStreamHandler, RequestHead } from '../http/stream.ts';

/** The connection, as its streams use it. A stream that is no longer the current one is ignored. */
export interface Http1ClientStreamOwner {
  sendData(stream: Http1ClientStream, chunk: Uint8Array): boolean;
  sendEnd(stream: Http1ClientStream, trailers: HeaderList | undefined): void;
  pauseBody(stream: Http1ClientStream): void;
  resumeBody(stream: Http1ClientStream): void;
  abort(stream: Http1ClientStream): void;
}

/** One request on a client connection. */
export class Http1ClientStream implements ClientStream {
  readonly head: RequestHead;
  readonly handler: ClientStreamHandler;
  /** The request was given to its end. */
  hasEnded = false;
  /** The server ended its half of the tunnel. */
  hasInputEnded = false;
  /** The head of the final response has come. */
  hasResponse = false;
  isAborted = false;
  readonly #owner: Http1ClientStreamOwner;

  constructor(owner: Http1ClientStreamOwner, head: RequestHead, handler: ClientStreamHandler) {
    this.#owner = owner;
    this.head = head;
    this.handler = handler;
  }

  sendData(chunk: Uint8Array): boolean {
    return this.#owner.sendData(this, chunk);
  }

  sendEnd(trailers?: HeaderList): void {
    this.#owner.sendEnd(this, trailers);
  }

  pauseBody(): void {
    this.#owner.pauseBody(this);
  }

  resumeBody(): void {
    this.#owner.resumeBody(this);
  }

  abort(): void {
    this.isAborted = true;
    this.#owner.abort(this);
  }
}
