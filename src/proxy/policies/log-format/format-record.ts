/** What a format may ask about an exchange. Undefined: there is no such value. Times are epoch ms, durations ms. */
export interface FormatRecord {
  /** As they are at the end: rewritten, with what was added. Flat list. */
  readonly requestHeaders: readonly string[];
  readonly method: string;
  /** Path and query, rewritten. */
  readonly target: string;
  readonly authority: string;
  readonly scheme: string;
  readonly responseHeaders: readonly string[];
  readonly responseTrailers: readonly string[];
  readonly protocol: string;

  readonly startedAtMs: number;
  /** First request byte to last response byte. */
  readonly durationMs: number | undefined;
  /** … to last request byte in. */
  readonly requestDurationMs: number | undefined;
  /** … to last request byte sent upstream. */
  readonly requestTxDurationMs: number | undefined;
  /** … to first response byte from upstream. */
  readonly responseDurationMs: number | undefined;
  /** First upstream response byte to last byte out. */
  readonly responseTxDurationMs: number | undefined;

  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly requestHeaderBytes: number;
  readonly responseHeaderBytes: number;
  readonly responseTrailerBytes: number;

  /** 0 when no response was sent. */
  readonly responseCode: number;
  readonly responseCodeDetails: string | undefined;
  /** Envoy's short flags, such as `UF,URX`; '' for none. */
  readonly responseFlags: string;
  /** Canonical code number; undefined unless the exchange is gRPC. */
  readonly grpcStatus: number | undefined;
  readonly localReplyBody: string | undefined;

  readonly routeName: string | undefined;
  readonly upstreamCluster: string | undefined;
  /** `address:port`. */
  readonly upstreamHost: string | undefined;
  readonly upstreamProtocol: string | undefined;
  readonly upstreamTransportFailureReason: string | undefined;
  /** The client, after trusted hops. */
  readonly clientAddress: string;
  /** The TCP peer. */
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsRecord | undefined;
  readonly hostname: string;

  /** ESPv2's filter state, by key. */
  filterState(key: string): string | undefined;
  environment(name: string): string | undefined;
}

/** What a format may ask about TLS with the client. */
export interface TlsRecord {
  readonly version: string;
  readonly cipher: string;
  readonly serverName: string | undefined;
  readonly peerSubject: string | undefined;
  readonly peerFingerprint: string | undefined;
}
