import type { MachinePlatform } from './machine-attributes.ts';
import type { ReportDialect } from './report/report-dialect.ts';
import type { ControllerUnavailable, UnavailableReason } from './service-controller.ts';

/** The three calls of Service Control. */
export type ServiceControlCall = 'check' | 'allocateQuota' | 'report';

/** How long one try of a call may take and how many more are made. */
export interface CallPolicy {
  readonly timeoutMs: number;
  readonly retries: number;
}

/** A failed call whose reason is known. */
export type CallFailure = ControllerUnavailable & { readonly reason: UnavailableReason };

/** Check cache. Entries are refreshed in the background and expire when nobody looks. */
export interface CheckCacheLimits {
  /** 0 keeps nothing. */
  readonly maxEntries: number;
  /** An answer older than this is asked for again, while it stays in use. */
  readonly refreshMs: number;
  /** Time without a look-up after which an entry is dropped. */
  readonly expirationMs: number;
}

/** Quota cache. */
export interface QuotaCacheLimits {
  /** 0: every request waits for an answer of its own. */
  readonly maxEntries: number;
  /** Pending costs are sent this often. */
  readonly refreshMs: number;
  /** Age of an entry's last call after which it is dropped. */
  readonly expirationMs: number;
}

/**
 * What differs between ESP v1 and ESPv2 as Service Control sees them: numbers, texts and rules, one file per dialect in
 * dialects/ and report/. Nothing else in this folder asks which generation it is.
 */
export interface ServiceControlDialect {
  readonly name: 'esp-v1' | 'esp-v2';
  /** Label servicecontrol.googleapis.com/user_agent; with `/<version>` behind it, the label service_agent. */
  readonly userAgent: string;
  /** The release of that proxy whose behaviour this is. */
  readonly agentVersion: string;
  readonly calls: Readonly<Record<ServiceControlCall, CallPolicy>>;
  /** Each retry may take this many times longer than the try before. */
  readonly timeoutGrowth: number;
  isRetryable(failure: CallFailure): boolean;
  /** Whether a failed Check lets the request pass when the network policy is `open`. */
  failsOpen(failure: CallFailure): boolean;
  /** Check errors that say that one of Service Control's own backends is down: allowed always, or by network policy. */
  readonly backendErrors: 'allow' | 'networkPolicy';
  /** Text of a failure that brought no answer body; `status` is 0 without an answer. */
  failureText(reason: UnavailableReason, status: number): string;
  readonly checkCache: CheckCacheLimits;
  readonly quotaCache: QuotaCacheLimits;
  /**
   * What the quota cache asks while the answer at hand is negative: `poll` sends a CHECK_ONLY call every interval;
   * `onRequest` waits for the next request and asks with NORMAL.
   */
  readonly quotaRecheck: 'poll' | 'onRequest';
  /** Label referer in allocateQuota. */
  readonly quotaCarriesReferer: boolean;
  /** Label platform on a machine whose metadata server answers. */
  readonly platforms: Readonly<Record<MachinePlatform, string>>;
  readonly report: ReportDialect;
}
