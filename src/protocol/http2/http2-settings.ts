/** Limits of HTTP/2 connections. Every one has a default; the numbers are bytes unless the name says otherwise. */
export interface Http2Limits {
  /** Streams that a client may have open on one connection. Default 100 (RFC 9113 §6.5.2 recommends no less). */
  readonly maxConcurrentStreams: number;
  /** Names and values of a request's header fields, pseudo fields included. Default 60 KiB (Envoy). */
  readonly maxHeaderBytes: number;
  /** Header fields of a request, pseudo fields included. Default 100 (Envoy). */
  readonly maxHeaderFields: number;
  /** Lets `_` stand in header names. Default false; `--underscores_in_headers`. */
  readonly allowUnderscores: boolean;
  /** Fields that {@link allowUnderscores} does not let stand are dropped, not a reason to refuse. Default false; nginx. */
  readonly dropsUnderscores: boolean;
  /** Receive window of a stream: how much of a body may arrive unread. Default 256 KiB. */
  readonly streamWindow: number;
  /** Receive window of the connection. Default 1 MiB (Envoy's per-connection buffer). */
  readonly connectionWindow: number;
  /** Streams that a client may reset at once before the connection is closed (CVE-2023-44487). Default 200. */
  readonly streamResetBurst: number;
  /** Resets a second that refill the burst. Default 33. */
  readonly streamResetRatePerSecond: number;
  /**
   * Violations on one connection that are answered by stream resets; one more closes it. Streams beyond
   * {@link maxConcurrentStreams} count, and before it has our settings a client may open 100. Default 100.
   */
  readonly maxInvalidFrames: number;
  /** Native memory of one connection in MB. Default 32. */
  readonly maxSessionMemoryMb: number;
  /** Milliseconds without a stream after which a connection is closed. Default 1 h (Envoy). */
  readonly idleTimeoutMs: number;
  /** Milliseconds between the GOAWAY that announces a drain and the one that ends it. Default 1000. */
  readonly drainGraceMs: number;
}

/** The defaults of {@link Http2Limits}. */
export const defaultHttp2Limits: Http2Limits = {
  maxConcurrentStreams: 100,
  maxHeaderBytes: 60 * 1024,
  maxHeaderFields: 100,
  allowUnderscores: false,
  dropsUnderscores: false,
  streamWindow: 256 * 1024,
  connectionWindow: 1024 * 1024,
  streamResetBurst: 200,
  streamResetRatePerSecond: 33,
  maxInvalidFrames: 100,
  maxSessionMemoryMb: 32,
  idleTimeoutMs: 3_600_000,
  drainGraceMs: 1000,
};
