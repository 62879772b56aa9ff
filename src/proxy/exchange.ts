import type { HeaderList } from '../protocol/http/headers.ts';
import type { ServerStream } from '../protocol/http/stream.ts';
import type { ApiKeyState, ConsumerInfo } from '../service-control/service-controller.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import type { LocalReply } from './local-reply.ts';
import type { MethodConfig } from './routing/method-config.ts';

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
  attempts = 0;
  requestId = '';

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
  }
}
