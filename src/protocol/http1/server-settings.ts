import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { TimerWheel } from '../net/timer-wheel.ts';
import type { HeaderList } from '../http/headers.ts';
import { DateHeader } from './date-header.ts';
import type { HeadLimits } from './head-scanner.ts';
import type { Http1Rejection } from './problem.ts';
import type { RequestRules } from './request-reader.ts';

/** Bounds of what a client may send. */
export interface Http1ServerLimits {
  /** Request line, fields and line ends together → 431. Default 60 KiB (Envoy). */
  readonly maxHeadBytes: number;
  /** The request line alone → 431. Default: as the whole head. nginx: 8 KiB, 414. */
  readonly maxRequestLineBytes: number;
  /** Header lines → 431. Default 100 (Envoy). */
  readonly maxFields: number;
  /** Content of one request → 413; 0 for no bound. Default 0: ESPv2 has none outside the transcoder. */
  readonly maxBodyBytes: number;
  /** Chunk extensions of one body together. Default 4 KiB. */
  readonly maxChunkExtensionBytes: number;
  /** All trailer fields of one request, at most {@link maxFields} of them. Default 8 KiB. */
  readonly maxTrailerBytes: number;
  /**
   * Content that is read and dropped after an early response, so that the connection can go on; a body that is known
   * to be longer is not waited for. 0: every early response closes. Default 64 KiB.
   */
  readonly maxDiscardBytes: number;
  /** Read and dropped after a closing response, so that the client gets to read it. Default 16 MiB. */
  readonly maxLingerBytes: number;
}

/** Milliseconds that the codec waits; 0 for ever. */
export interface Http1ServerTimeouts {
  /** From a request's first octet to the end of its head → 408. Default 60 s. */
  readonly headMs: number;
  /** Between two pieces of a body, while we want them → 408. Default 300 s (Envoy's stream idle timeout). */
  readonly bodyIdleMs: number;
  /** Between two requests. Default 3600 s (Envoy); nginx has 75 s. */
  readonly keepAliveMs: number;
  /** For the client to take what we wrote. Default 60 s (nginx `send_timeout`). */
  readonly writeStallMs: number;
  /** For the client to close after our last octet. Default 1 s (Envoy's delayed close). */
  readonly lingerMs: number;
}

/** A response to a request that the codec refuses. */
export interface RenderedRejection {
  readonly status: number;
  /** Without framing, `connection` and `date`. */
  readonly headers: HeaderList;
  readonly body: string | Uint8Array;
}

/** How a server speaks HTTP/1; one for all its connections. */
export interface Http1ServerSettings extends RequestRules {
  readonly limits: Http1ServerLimits;
  readonly timeouts: Http1ServerTimeouts;
  /** obs-fold (RFC 9112 §5.2): refused, or unfolded into one blank. ESPv2 and nginx-era clients: `unfold`. Default refuse. */
  readonly obsFold: 'refuse' | 'unfold';
  /** `Expect: 100-continue` is answered before the request is handed on, or by `sendInformational(100)`. */
  readonly expectContinue: 'immediate' | 'deferred';
  /** A client that closes its sending half has gone (Envoy, nginx), or still gets its response. Default abort. */
  readonly halfClose: 'abort' | 'serve';
  /** Whether a trailer field may be passed on, besides what HTTP forbids: names that only the gateway may set. */
  readonly acceptTrailer: (name: string) => boolean;
  /** Puts a refusal into words. Default: the status and no body. */
  readonly renderRejection: (rejection: Http1Rejection) => RenderedRejection;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** @internal */
  readonly date: DateHeader;
  /** @internal */
  readonly headLimits: HeadLimits;
  /** @internal */
  readonly trailerLimits: HeadLimits;
}

/** What may be given to {@link createHttp1ServerSettings}; everything has a default. */
export type Http1ServerOptions = Partial<
  Omit<Http1ServerSettings, 'limits' | 'timeouts' | 'date' | 'headLimits' | 'trailerLimits'>
> & {
  readonly limits?: Partial<Http1ServerLimits>;
  readonly timeouts?: Partial<Http1ServerTimeouts>;
};

const defaultMaxHeadBytes = 60 * 1024;

const defaultLimits: Http1ServerLimits = {
  maxHeadBytes: defaultMaxHeadBytes,
  maxRequestLineBytes: defaultMaxHeadBytes,
  maxFields: 100,
  maxBodyBytes: 0,
  maxChunkExtensionBytes: 4096,
  maxTrailerBytes: 8192,
  maxDiscardBytes: 64 * 1024,
  maxLingerBytes: 16 * 1024 * 1024,
};

const defaultTimeouts: Http1ServerTimeouts = {
  headMs: 60_000,
  bodyIdleMs: 300_000,
  keepAliveMs: 3_600_000,
  writeStallMs: 60_000,
  lingerMs: 1000,
};

/**
 * Fills in the defaults: ESPv2's rules (methods that Envoy knows, HTTP/1.0 → 426, `_` in names → 400, upgrades to
 * websocket alone) with obs-fold refused.
 */
export function createHttp1ServerSettings(options: Http1ServerOptions = {}): Http1ServerSettings {
  const limits = { ...defaultLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  const headLimits = {
    maxHeadBytes: limits.maxHeadBytes,
    maxStartLineBytes: limits.maxRequestLineBytes,
    maxFields: limits.maxFields,
    allowObsFold: options.obsFold === 'unfold',
  };
  return {
    methods: 'known',
    http10: 'reject',
    underscores: 'reject',
    upgrades: ['websocket'],
    otherUpgrades: 'reject',
    connect: 'reject',
    missingHost: 'reject',
    refuseHttpsOnPlaintext: false,
    obsFold: 'refuse',
    expectContinue: 'immediate',
    halfClose: 'abort',
    acceptTrailer: () => true,
    renderRejection: ({ status }) => ({ status, headers: [], body: '' }),
    ...options,
    clock,
    wheel: options.wheel ?? new TimerWheel(clock),
    limits,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    date: new DateHeader(clock),
    headLimits,
    trailerLimits: { ...headLimits, maxHeadBytes: limits.maxTrailerBytes },
  };
}
