import type { AbuseLimits } from './abuse-guard.ts';
import type { FlowLimits } from './receive-flow.ts';

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
  /** Receive window of a stream: how much of a body may wait for its receiver. Default 256 KiB. */
  readonly streamWindow: number;
  /** Receive window of the connection: how much of all bodies may wait. Default 1 MiB (Envoy's per-connection buffer). */
  readonly connectionWindow: number;
  /**
   * Streams that a client may reset, or make us reset, at once before the connection is closed (CVE-2023-44487,
   * CVE-2025-8671). Streams beyond {@link maxConcurrentStreams} count. Default 500 (Envoy's
   * `premature_reset_total_stream_count`).
   */
  readonly streamResetBurst: number;
  /** Resets a second that refill the burst. Default 33 (node:http2). */
  readonly streamResetRatePerSecond: number;
  /**
   * Frames that bring nothing on, such as PING, SETTINGS, PRIORITY, WINDOW_UPDATE or empty DATA, that a client may send at
   * once before the connection is closed; requests and what we send allow for more. Default 500.
   */
  readonly idleFrameBurst: number;
  /** Such frames a second that refill the burst. Default 50. */
  readonly idleFrameRatePerSecond: number;
  /** Milliseconds without a stream after which a connection is closed. Default 1 h (Envoy). */
  readonly idleTimeoutMs: number;
  /** Milliseconds between the GOAWAY that announces a drain and the one that ends it. Default 1000. */
  readonly drainGraceMs: number;
  /** Milliseconds for a field block, or any frame but DATA, from its first octet on. Default 60 s, as in HTTP/1.1. */
  readonly headMs: number;
  /** Milliseconds between two pieces of a body, while we want them. Default 300 s (Envoy's stream idle timeout). */
  readonly bodyIdleMs: number;
  /** Milliseconds for the client to take what we have for it, or to let us send it. Default 60 s (nginx `send_timeout`). */
  readonly writeStallMs: number;
  /** Milliseconds for the client to close after our last octet. Default 1 s (Envoy's delayed close). */
  readonly lingerMs: number;
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
  streamResetBurst: 500,
  streamResetRatePerSecond: 33,
  idleFrameBurst: 500,
  idleFrameRatePerSecond: 50,
  idleTimeoutMs: 3_600_000,
  drainGraceMs: 1000,
  headMs: 60_000,
  bodyIdleMs: 300_000,
  writeStallMs: 60_000,
  lingerMs: 1000,
};

/** Encoded fields can be larger than decoded ones, by less than this. */
const blockSlack = 2;

type FieldListLimits = Pick<Http2Limits, 'maxHeaderBytes' | 'maxHeaderFields'>;

/** Limits of a connection to a backend: those of {@link Http2Limits} that have a meaning there. */
export type Http2ClientLimits = Pick<Http2Limits, 'maxConcurrentStreams'> &
  FieldListLimits &
  FlowLimits &
  AbuseLimits;

/** SETTINGS_MAX_HEADER_LIST_SIZE: names and values plus 32 a field (RFC 9113 §6.5.2). */
export function maxHeaderListBytes(limits: FieldListLimits): number {
  return limits.maxHeaderBytes + limits.maxHeaderFields * 32;
}

/** Most octets of an encoded field block. */
export function maxBlockBytes(limits: FieldListLimits): number {
  return maxHeaderListBytes(limits) * blockSlack;
}
