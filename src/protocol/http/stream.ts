import type { HeaderList } from './headers.ts';

/** The protocol of a message as RFC 9110 writes it. */
export type HttpVersion = 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2';

/** `bodyLength` when the length is not known beforehand: chunked, close-delimited, or HTTP/2 without content-length. */
export const unknownLength = -1;

/**
 * A request as codecs hand it over: framing and hop-by-hop fields are gone from `headers` (RFC 9110 §7.6.1), and so
 * are `host`, `content-length`, `transfer-encoding` and `expect`, which have their own members or are the codec's.
 */
export interface RequestHead {
  method: string;
  scheme: 'http' | 'https';
  /** Host or :authority as sent; '' when the request had none. The authority of an absolute-form target wins. */
  authority: string;
  /** Path and query as sent (origin form), '*' for the asterisk form, the authority for CONNECT. */
  target: string;
  headers: HeaderList;
  version: HttpVersion;
  /** Bytes of the body: 0 none, {@link unknownLength} not known beforehand. */
  bodyLength: number;
  /** Lower-case protocol of a valid upgrade (HTTP/1.1 `Upgrade`, RFC 8441 `:protocol`), else undefined. */
  upgrade: string | undefined;
}

/** A response head. `headers` as in {@link RequestHead}: the codec writes the framing from `bodyLength`. */
export interface ResponseHead {
  status: number;
  headers: HeaderList;
  /**
   * Bytes of the body, {@link unknownLength} when not known. In answers to HEAD and in 304 it is what
   * `content-length` shall say ({@link unknownLength}: no such field), although no body follows.
   */
  bodyLength: number;
}

/** Who is at the other end of a downstream connection. Shared by all its streams. */
export interface ConnectionInfo {
  /** Text form without brackets; '' on a Unix socket. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Present on TLS. */
  readonly tls: TlsInfo | undefined;
}

/** What TLS knows of the peer. */
export interface TlsInfo {
  readonly version: string;
  readonly cipher: string;
  readonly serverName: string | undefined;
  /** SHA-256 fingerprint, lower-case hex, of a verified client certificate. */
  readonly peerFingerprint: string | undefined;
  readonly peerSubject: string | undefined;
}

/**
 * The downstream half: one request being answered. The codec owns it and calls {@link ServerStream.handler}; the
 * gateway calls the methods. All calls are synchronous and none may be made after `onAbort` or after `sendEnd`.
 */
export interface ServerStream {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  /** Set by the receiver before it returns from the codec's `onRequest`. */
  handler: ServerStreamHandler;

  /** Stops `onBody` after at most what is already parsed; the codec stops reading the connection or the stream. */
  pauseBody(): void;
  resumeBody(): void;

  /** 1xx other than 101. Dropped for HTTP/1.0. */
  sendInformational(status: number, headers: HeaderList): void;
  /**
   * Sends the head; with `end` there is no body. Status 101 (HTTP/1.1) accepts `request.upgrade`: from then on
   * `sendData` and `onBody` carry the tunnel's bytes. HTTP/2 codecs translate 101 to 200 (RFC 8441 §5).
   */
  sendHead(head: ResponseHead, end: boolean): void;
  /** Returns false when the receiver should wait for `onDrain` before sending more. The chunk is not copied. */
  sendData(chunk: Uint8Array): boolean;
  sendEnd(trailers?: HeaderList): void;
  /**
   * Gives up: HTTP/1 closes the connection, HTTP/2 resets the stream. For failures after the head was sent and for
   * requests that must not be answered.
   */
  abort(): void;
  /** The connection closes once this response is complete (HTTP/1 `connection: close`, HTTP/2 GOAWAY). */
  closeAfterResponse(): void;
}

/** What the codec tells about a request. `onAbort` and `onComplete` exclude each other and are the last call. */
export interface ServerStreamHandler {
  onBody(chunk: Buffer): void;
  onBodyEnd(trailers: HeaderList | undefined): void;
  onDrain(): void;
  /** The peer went away, broke the protocol or was too slow before the exchange was over. */
  onAbort(reason: StreamAbortReason): void;
  /** Request read to its end and response handed to the kernel or the HTTP/2 session. */
  onComplete(): void;
}

export type StreamAbortReason =
  /** The peer closed or reset. */
  | 'remote_disconnect'
  /** The request's framing or fields broke the protocol after its head had been accepted. */
  | 'protocol_error'
  /** The body did not arrive in time. */
  | 'body_timeout'
  /** The body is larger than the limit. */
  | 'body_too_large'
  /** We closed: shutdown or a limit of the connection. */
  | 'local_close';

/** The upstream half of one request. Calls are synchronous; none after `onError` or `abort`. */
export interface ClientStream {
  /** Returns false when the sender should wait for `onDrain`. */
  sendData(chunk: Uint8Array): boolean;
  sendEnd(trailers?: HeaderList): void;
  pauseBody(): void;
  resumeBody(): void;
  /** Cancels; no callback follows. Idempotent, harmless after the end. */
  abort(): void;
}

/** What the upstream side tells. `onError` is the last call, so is `onBodyEnd` (or `onHead` with `ended`). */
export interface ClientStreamHandler {
  onInformational(status: number, headers: HeaderList): void;
  /** `ended`: no body follows and the response is complete. Status 101: the body is the tunnel. */
  onHead(head: ResponseHead, ended: boolean): void;
  onBody(chunk: Buffer): void;
  onBodyEnd(trailers: HeaderList | undefined): void;
  onDrain(): void;
  onError(error: UpstreamFailure): void;
}

/** Why an upstream request failed; the names are Envoy's reset reasons. */
export interface UpstreamFailure {
  readonly reason: UpstreamFailureReason;
  /** Transport text for the reply and the log, such as `delayed connect error: 111`; undefined when there is none. */
  readonly transport: string | undefined;
  /** True when the upstream may have seen any byte of the request: a retry is then only safe for idempotent ones. */
  readonly requestSent: boolean;
  /** True once response headers had come. */
  readonly responseStarted: boolean;
}

export type UpstreamFailureReason =
  | 'remote_connection_failure'
  | 'local_connection_failure'
  | 'connection_timeout'
  | 'connection_termination'
  | 'remote_reset'
  | 'remote_refused_stream_reset'
  | 'local_reset'
  | 'overflow'
  | 'protocol_error'
  | 'no_healthy_upstream';
