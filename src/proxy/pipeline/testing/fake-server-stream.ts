import type { HeaderList } from '../../../protocol/http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
} from '../../../protocol/http/stream.ts';

const connection: ConnectionInfo = {
  remoteAddress: '127.0.0.1',
  remotePort: 40_000,
  localAddress: '127.0.0.1',
  localPort: 8080,
  tls: undefined,
};

const silentHandler: ServerStreamHandler = {
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onAbort: () => undefined,
  onComplete: () => undefined,
};

/** A codec's stream for tests: remembers what was sent and lets the test play the client. */
export class FakeServerStream implements ServerStream {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  handler: ServerStreamHandler = silentHandler;
  /** What was called, in order. */
  readonly calls: string[] = [];
  head: ResponseHead | undefined = undefined;
  body = '';
  trailers: HeaderList | undefined = undefined;
  isEnded = false;
  isPaused = false;
  /** What `sendData` answers. */
  takesMore = true;
  /** A complete response completes the exchange at once, if the request is complete too. */
  completes = true;
  #isRequestEnded = false;

  constructor(request: Partial<RequestHead> = {}, peer: Partial<ConnectionInfo> = {}) {
    this.request = {
      method: 'GET',
      scheme: 'http',
      authority: 'api.example.com',
      target: '/',
      headers: [],
      version: 'HTTP/1.1',
      bodyLength: 0,
      upgrade: undefined,
      ...request,
    };
    this.connection = { ...connection, ...peer };
  }

  /** The client sends a piece of its body. */
  write(text: string): void {
    this.handler.onBody(Buffer.from(text));
  }

  /** The client's request is complete. */
  end(trailers?: HeaderList): void {
    this.#isRequestEnded = true;
    this.handler.onBodyEnd(trailers);
    this.#completeIfOver();
  }

  pauseBody(): void {
    this.calls.push('pauseBody');
    this.isPaused = true;
  }

  resumeBody(): void {
    this.calls.push('resumeBody');
    this.isPaused = false;
  }

  sendInformational(status: number): void {
    this.calls.push(`sendInformational ${status}`);
  }

  sendHead(head: ResponseHead, end: boolean): void {
    this.calls.push(`sendHead ${head.status}${end ? ' end' : ''}`);
    this.head = head;
    if (end) this.#ended();
  }

  sendData(chunk: Uint8Array): boolean {
    this.calls.push('sendData');
    this.body += Buffer.from(chunk).toString();
    return this.takesMore;
  }

  sendEnd(trailers?: HeaderList): void {
    this.calls.push('sendEnd');
    this.trailers = trailers;
    this.#ended();
  }

  abort(): void {
    this.calls.push('abort');
  }

  closeAfterResponse(): void {
    this.calls.push('closeAfterResponse');
  }

  #ended(): void {
    this.isEnded = true;
    this.#completeIfOver();
  }

  #completeIfOver(): void {
    if (this.completes && this.isEnded && this.#isRequestEnded) this.handler.onComplete();
  }
}
