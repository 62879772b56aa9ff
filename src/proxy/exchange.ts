import type { HeaderList } from '../protocol/http/headers.ts';
import type { ServerStream } from '../protocol/http/stream.ts';
import type { ApiKeyState, ConsumerInfo } from '../service-control/service-controller.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import type { LocalReply } from './local-reply.ts';
import type { MethodConfig } from './routing/method-config.ts';
import type { RouteResult } from './routing/route-table.ts';

const noHeaders: readonly string[] = [];

/**
 * One request and its response on their way through the pipeline. Stages read and change it; its shape never changes,
 * so that the hot path stays monomorphic: every field is set in the constructor.
 */
export class Exchange {
  readonly stream: ServerStream;
  readonly snapshot: ConfigSnapshot;
  /** Wall clock, epoch ms, and monotonic ms of the request's first byte. */
  readonly startedAtMs: number;
  readonly startedMonotonicMs: number;

  /** Verb after method override. */
  method: string;
  scheme: 'http' | 'https';
  authority: string;
  /** Path after normalisation, without query. */
  path: string;
  /** Query without its '?'; undefined when the target had none (an empty one is ''). */
  query: string | undefined;
  /** Request headers as they will go upstream. */
  headers: HeaderList;

  /** The client's address by trusted hops or Forwarded. */
  clientAddress: string;
  /** What the route table said; undefined until it was asked. */
  routeResult: RouteResult | undefined = undefined;
  /** The operation that was matched; undefined for 404 and 405. */
  route: MethodConfig | undefined = undefined;
  /** Raw variable bindings: name, value, … */
  bindings: readonly string[] = [];

  apiKey = '';
  apiKeyState: ApiKeyState = 'NOT_CHECKED';
  consumer: ConsumerInfo | undefined = undefined;
  authIssuer = '';
  authAudience = '';

  /** Set when the proxy answered itself. */
  localReply: LocalReply | undefined = undefined;
  responseStatus = 0;
  responseCodeDetails = '';
  responseFlags = '';
  requestBytes = 0;
  responseBytes = 0;
  /** Monotonic ms; -1 until it happened. */
  upstreamStartedMs = -1;
  upstreamHeadersMs = -1;
  upstreamEndedMs = -1;
  upstreamHost = '';
  /** What the transport said of the last failure, such as `delayed connect error: 111`; '' when there is nothing. */
  upstreamTransportFailure = '';
  attempts = 0;
  requestId = '';

  /** The caller speaks gRPC, by the content type of its request as the dialect reads it. Decides the form of replies. */
  isGrpcCaller = false;
  /** Path and query for the backend; '' keeps the client's. */
  upstreamTarget = '';
  /** Bytes of names and values of the request fields as received. */
  requestHeaderBytes = 0;
  responseHeaderBytes = 0;
  /** Response fields as they were sent; empty before. */
  responseHeaders: readonly string[] = noHeaders;
  responseTrailers: readonly string[] = noHeaders;
  /** Monotonic ms of the request's last byte; -1 until then. */
  requestEndedMs = -1;
  /** Monotonic ms of the exchange's end; -1 until then. */
  endedMs = -1;

  constructor(
    stream: ServerStream,
    snapshot: ConfigSnapshot,
    startedAtMs: number,
    startedMonotonicMs: number,
  ) {
    const { request } = stream;
    this.stream = stream;
    this.snapshot = snapshot;
    this.startedAtMs = startedAtMs;
    this.startedMonotonicMs = startedMonotonicMs;
    this.method = request.method;
    this.scheme = request.scheme;
    this.authority = request.authority;
    const mark = request.target.indexOf('?');
    this.path = mark < 0 ? request.target : request.target.slice(0, mark);
    this.query = mark < 0 ? undefined : request.target.slice(mark + 1);
    this.headers = request.headers;
    this.clientAddress = stream.connection.remoteAddress;
    // Codecs tell the end of a request without a body only after it has been routed.
    if (request.bodyLength === 0 && request.upgrade === undefined) this.requestEndedMs = startedMonotonicMs;
  }
}
