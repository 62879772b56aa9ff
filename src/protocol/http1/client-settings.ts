import type { HeadLimits } from './head-scanner.ts';

/** Bounds of what a server may send. */
export interface Http1ClientLimits {
  /** Status line, fields and line ends together. Default 60 KiB (Envoy). */
  readonly maxHeadBytes: number;
  /** Header lines. Default 100 (Envoy). */
  readonly maxFields: number;
  /** Chunk extensions of one body together. Default 4 KiB. */
  readonly maxChunkExtensionBytes: number;
  /** All trailer fields of one response. Default 8 KiB. */
  readonly maxTrailerBytes: number;
  /** 1xx responses before the final one. Default 32. */
  readonly maxInterimResponses: number;
}

/** How a client speaks HTTP/1; one for all its connections. */
export interface Http1ClientSettings {
  readonly limits: Http1ClientLimits;
  /** Whether a trailer field of a response may be passed on, besides what HTTP forbids. */
  readonly acceptTrailer: (name: string) => boolean;
  /** @internal */
  readonly headLimits: HeadLimits;
  /** @internal */
  readonly trailerLimits: HeadLimits;
}

/** What may be given to {@link createHttp1ClientSettings}; everything has a default. */
export interface Http1ClientOptions {
  readonly limits?: Partial<Http1ClientLimits>;
  /** obs-fold (RFC 9112 §5.2) in responses. Default refuse. */
  readonly obsFold?: 'refuse' | 'unfold';
  /** Default: every name that HTTP allows. */
  readonly acceptTrailer?: (name: string) => boolean;
}

const defaultLimits: Http1ClientLimits = {
  maxHeadBytes: 60 * 1024,
  maxFields: 100,
  maxChunkExtensionBytes: 4096,
  maxTrailerBytes: 8192,
  maxInterimResponses: 32,
};

/** Fills in the defaults. */
export function createHttp1ClientSettings(options: Http1ClientOptions = {}): Http1ClientSettings {
  const limits = { ...defaultLimits, ...options.limits };
  const headLimits = {
    maxHeadBytes: limits.maxHeadBytes,
    maxStartLineBytes: limits.maxHeadBytes,
    maxFields: limits.maxFields,
    allowObsFold: options.obsFold === 'unfold',
  };
  return {
    limits,
    acceptTrailer: options.acceptTrailer ?? (() => true),
    headLimits,
    trailerLimits: { ...headLimits, maxHeadBytes: limits.maxTrailerBytes },
  };
}
