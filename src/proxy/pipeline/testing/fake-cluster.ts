import type { HeaderList } from '../../../protocol/http/headers.ts';
import type { ClientStream, ClientStreamHandler, RequestHead } from '../../../protocol/http/stream.ts';
import type { UpstreamCluster } from '../upstream-cluster.ts';

/** One request at a {@link FakeCluster}: the test plays the backend through `handler`. */
export class FakeClientStream implements ClientStream {
  readonly head: RequestHead;
  readonly handler: ClientStreamHandler;
  readonly calls: string[] = [];
  body = '';
  isEnded = false;
  isAborted = false;
  trailers: HeaderList | undefined = undefined;
  /** What `sendData` answers. */
  takesMore = true;

  constructor(head: RequestHead, handler: ClientStreamHandler) {
    this.head = head;
    this.handler = handler;
  }

  /** The backend answers in one go. */
  respond(status: number, body = '', headers: HeaderList = []): void {
    if (body === '') return this.handler.onHead({ status, headers, bodyLength: 0 }, true);
    this.handler.onHead({ status, headers, bodyLength: Buffer.byteLength(body) }, false);
    this.handler.onBody(Buffer.from(body));
    this.handler.onBodyEnd(undefined);
  }

  sendData(chunk: Uint8Array): boolean {
    this.body += Buffer.from(chunk).toString();
    return this.takesMore;
  }

  sendEnd(trailers?: HeaderList): void {
    this.isEnded = true;
    this.trailers = trailers;
  }

  pauseBody(): void {
    this.calls.push('pauseBody');
  }

  resumeBody(): void {
    this.calls.push('resumeBody');
  }

  abort(): void {
    this.calls.push('abort');
    this.isAborted = true;
  }
}

/** A cluster for tests: keeps its requests and answers nothing by itself. */
export class FakeCluster implements UpstreamCluster {
  readonly requests: FakeClientStream[] = [];

  request(head: RequestHead, handler: ClientStreamHandler): ClientStream {
    const stream = new FakeClientStream(head, handler);
    this.requests.push(stream);
    return stream;
  }

  /** The last request. */
  get last(): FakeClientStream {
    const last = this.requests.at(-1);
    if (last === undefined) throw new TypeError('no request has reached the cluster');
    return last;
  }
}
