import { getHeader } from '../../../protocol/http/headers.ts';
import type { ResponseHead } from '../../../protocol/http/stream.ts';
import type { Exchange } from '../../exchange.ts';
import { clientTarget } from '../../pipeline/client-target.ts';
import type { FormatRecord, TlsRecord } from './format-record.ts';

/** What a format asks about the process and not about an exchange. */
export interface ProcessFacts {
  readonly hostname: string;
  /** `%ENVIRONMENT(NAME)%`; undefined for variables that are not set. */
  readonly environment: (name: string) => string | undefined;
}

/** Operation name in filter state, reports and logs of requests that match none. Source: espv2 service_control filter. */
const unknownOperation = '<Unknown Operation Name>';
const earlierReply = /^(?:cors_response|health_check_|jwt_authn_access_denied)/;
const filterStatePrefix = 'com.google.espv2.filters.http.service_control.';

/** Reads an exchange as a {@link FormatRecord}. Values are computed when asked for; nothing is copied. */
export class ExchangeRecord implements FormatRecord {
  readonly #exchange: Exchange;
  readonly #facts: ProcessFacts;
  readonly #head: ResponseHead | undefined;

  /** `head`: the response while it is being made, when the exchange does not know it yet. */
  constructor(exchange: Exchange, facts: ProcessFacts, head?: ResponseHead) {
    this.#exchange = exchange;
    this.#facts = facts;
    this.#head = head;
  }

  get requestHeaders(): readonly string[] {
    return this.#exchange.headers;
  }

  get method(): string {
    return this.#exchange.method;
  }

  get target(): string {
    const { upstreamTarget } = this.#exchange;
    return upstreamTarget === '' ? clientTarget(this.#exchange) : upstreamTarget;
  }

  get authority(): string {
    return this.#exchange.authority;
  }

  get scheme(): string {
    return this.#exchange.scheme;
  }

  get responseHeaders(): readonly string[] {
    return this.#head?.headers ?? this.#exchange.responseHeaders;
  }

  get responseTrailers(): readonly string[] {
    return this.#exchange.responseTrailers;
  }

  get protocol(): string {
    return this.#exchange.stream.request.version;
  }

  get startedAtMs(): number {
    return this.#exchange.startedAtMs;
  }

  get durationMs(): number | undefined {
    return this.#sinceStart(this.#exchange.endedMs);
  }

  get requestDurationMs(): number | undefined {
    return this.#sinceStart(this.#exchange.requestEndedMs);
  }

  /** What comes in is sent on at once, so its last byte leaves when the later of both is there. */
  get requestTxDurationMs(): number | undefined {
    const { upstreamStartedMs, requestEndedMs } = this.#exchange;
    if (upstreamStartedMs < 0 || requestEndedMs < 0) return undefined;
    return this.#sinceStart(Math.max(upstreamStartedMs, requestEndedMs));
  }

  get responseDurationMs(): number | undefined {
    return this.#sinceStart(this.#exchange.upstreamHeadersMs);
  }

  get responseTxDurationMs(): number | undefined {
    const { upstreamHeadersMs, endedMs } = this.#exchange;
    return upstreamHeadersMs < 0 || endedMs < 0 ? undefined : endedMs - upstreamHeadersMs;
  }

  get requestBytes(): number {
    return this.#exchange.requestBytes;
  }

  get responseBytes(): number {
    return this.#exchange.responseBytes;
  }

  get requestHeaderBytes(): number {
    return this.#exchange.requestHeaderBytes;
  }

  get responseHeaderBytes(): number {
    return this.#exchange.responseHeaderBytes;
  }

  get responseTrailerBytes(): number {
    return this.#exchange.responseTrailers.reduce((bytes, field) => bytes + field.length, 0);
  }

  get responseCode(): number {
    return this.#head?.status ?? this.#exchange.responseStatus;
  }

  get responseCodeDetails(): string {
    return this.#exchange.responseCodeDetails;
  }

  get responseFlags(): string {
    return this.#exchange.responseFlags;
  }

  get grpcStatus(): number | undefined {
    if (!this.#exchange.isGrpcCaller) return undefined;
    const status =
      getHeader(this.responseTrailers, 'grpc-status') ?? getHeader(this.responseHeaders, 'grpc-status');
    return status === undefined || !/^\d{1,3}$/.test(status) ? undefined : Number(status);
  }

  get localReplyBody(): string | undefined {
    const { localReply } = this.#exchange;
    return localReply?.body ?? localReply?.message;
  }

  get routeName(): string | undefined {
    return this.#exchange.route?.selector;
  }

  get upstreamCluster(): string | undefined {
    return this.#exchange.route?.backend.cluster;
  }

  get upstreamHost(): string {
    return this.#exchange.upstreamHost;
  }

  get upstreamProtocol(): string | undefined {
    const { route, upstreamStartedMs } = this.#exchange;
    if (route === undefined || upstreamStartedMs < 0) return undefined;
    return route.backend.protocol === 'http/1.1' ? 'HTTP/1.1' : 'HTTP/2';
  }

  /** What the transport said of a failed backend, in one word. Source: Envoy stream_info_formatter.cc. */
  get upstreamTransportFailureReason(): string {
    return this.#exchange.upstreamTransportFailure.replaceAll(' ', '_');
  }

  get clientAddress(): string {
    return this.#exchange.clientAddress;
  }

  get peerAddress(): string {
    return this.#exchange.stream.connection.remoteAddress;
  }

  get peerPort(): number {
    return this.#exchange.stream.connection.remotePort;
  }

  get localAddress(): string {
    return this.#exchange.stream.connection.localAddress;
  }

  get localPort(): number {
    return this.#exchange.stream.connection.localPort;
  }

  get tls(): TlsRecord | undefined {
    return this.#exchange.stream.connection.tls;
  }

  get hostname(): string {
    return this.#facts.hostname;
  }

  filterState(key: string): string | undefined {
    if (!key.startsWith(filterStatePrefix) || !this.#reachedServiceControl()) return undefined;
    const { route, apiKey } = this.#exchange;
    switch (key.slice(filterStatePrefix.length)) {
      case 'api_method':
        return route?.selector ?? unknownOperation;
      case 'api_key':
        return apiKey === '' ? undefined : apiKey;
      default:
        return undefined;
    }
  }

  environment(name: string): string | undefined {
    return this.#facts.environment(name);
  }

  /** ESPv2 sets the state when Service Control's filter sees the request: after the filters with these replies. */
  #reachedServiceControl(): boolean {
    const { routeResult, localReply, snapshot } = this.#exchange;
    if (routeResult === undefined || !snapshot.hasServiceControl) return false;
    return localReply === undefined || !earlierReply.test(localReply.responseCodeDetails);
  }

  #sinceStart(monotonicMs: number): number | undefined {
    return monotonicMs < 0 ? undefined : monotonicMs - this.#exchange.startedMonotonicMs;
  }
}
