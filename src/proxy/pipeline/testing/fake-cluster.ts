import type { HeaderList } from '../../../protocol/http/headers.ts';
import type { RequestHead, UpstreamFailure } from '../../../protocol/http/stream.ts';
import type {
  RetryOutcome,
  UpstreamCall,
  UpstreamHandler,
  UpstreamRequestOptions,
} from '../../upstream/upstream-request.ts';
import type { UpstreamCluster } from '../upstream-cluster.ts';

/** One request at a {@link FakeCluster}: the test plays the backend through `handler`. */
export class FakeUpstreamCall implements UpstreamCall {
  readonly head: RequestHead;
  readonly handler: UpstreamHandler;
  readonly options: UpstreamRequestOptions;
  readonly calls: string[] = [];
  attempts = 1;
  host = '127.0.0.1:9000';
  retryOutcome: RetryOutcome = 'none';
  body = '';
  requestEnded = false;
  isAborted = false;
  trailers: HeaderList | undefined = undefined;
  /** What `sendData` answers. */
  takesMore = true;

  constructor(head: RequestHead, handler: UpstreamHandler, options: UpstreamRequestOptions) {
    this.head = head;
    this.handler = handler;
    this.options = options;
  }

  /** The backend answers in one go. */
  respond(status: number, body = '', headers: HeaderList = []): void {
    if (body === '') return this.handler.onHead({ status, headers, bodyLength: 0 }, true);
    this.handler.onHead({ status, headers, bodyLength: Buffer.byteLength(body) }, false);
    this.handler.onBody(Buffer.from(body));
    this.handler.onBodyEnd(undefined);
  }

  fail(reason: UpstreamFailure['reason'], transport?: string): void {
    this.handler.onError({ reason, transport, requestSent: false, responseStarted: false });
  }

  sendData(chunk: Uint8Array): boolean {
    this.body += Buffer.from(chunk).toString();
    return this.takesMore;
  }

  sendEnd(trailers?: HeaderList): void {
    this.requestEnded = true;
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
  readonly requests: FakeUpstreamCall[] = [];

  request(head: RequestHead, handler: UpstreamHandler, options: UpstreamRequestOptions): UpstreamCall {
    const call = new FakeUpstreamCall(head, handler, options);
    this.requests.push(call);
    return call;
  }

  /** The last request. */
  get last(): FakeUpstreamCall {
    const last = this.requests.at(-1);
    if (last === undefined) throw new TypeError('no request has reached the cluster');
    return last;
  }
}
