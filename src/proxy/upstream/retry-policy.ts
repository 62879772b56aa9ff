import { getHeader } from '../../protocol/http/headers.ts';
import type { ResponseHead, UpstreamFailure } from '../../protocol/http/stream.ts';

/** Conditions that call for another try; Envoy's words. */
const retryConditions = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'envoy-ratelimited',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
] as const;
export type RetryCondition = (typeof retryConditions)[number];

/** When, how often and how a request is tried again. */
export interface RetryPolicy {
  readonly conditions: ReadonlySet<RetryCondition>;
  /** Statuses for `retriable-status-codes` (`--backend_retry_on_status_codes`). */
  readonly statusCodes: ReadonlySet<number>;
  /** Tries after the first (`--backend_retry_num`). Default 1. */
  readonly maxRetries: number;
  /** Milliseconds for one try from the end of the request; 0: no limit (`--backend_per_try_timeout`). */
  readonly perTryTimeoutMs: number;
  /**
   * Tries a request again although the backend may have acted on it, whatever its method. True is Envoy's and
   * ESPv2's way, false nginx's and ESP v1's: there POST, PATCH and the like are sent once. Default true.
   */
  readonly retriesNonIdempotent: boolean;
  /** Some condition looks at responses; {@link createRetryPolicy} derives it, so that most responses cost one test. */
  readonly inspectsResponses: boolean;
}

/** A policy with defaults: ESPv2's conditions `reset,connect-failure,refused-stream` and one retry. */
export function createRetryPolicy(policy: Partial<Omit<RetryPolicy, 'inspectsResponses'>> = {}): RetryPolicy {
  const conditions = policy.conditions ?? defaultConditions;
  const maxRetries = policy.maxRetries ?? 1;
  return {
    conditions,
    maxRetries,
    statusCodes: policy.statusCodes ?? new Set<number>(),
    perTryTimeoutMs: policy.perTryTimeoutMs ?? 0,
    retriesNonIdempotent: policy.retriesNonIdempotent ?? true,
    inspectsResponses:
      maxRetries > 0 && [...conditions].some((condition) => responseConditions.has(condition)),
  };
}

const defaultConditions: ReadonlySet<RetryCondition> = new Set<RetryCondition>([
  'reset',
  'connect-failure',
  'refused-stream',
]);

const responseConditions: ReadonlySet<RetryCondition> = new Set<RetryCondition>([
  '5xx',
  'gateway-error',
  'envoy-ratelimited',
  'retriable-4xx',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

/** ESPv2's default (`--backend_retry_ons`, `--backend_retry_num`). */
export const defaultRetryPolicy: RetryPolicy = createRetryPolicy();

/** Never again. */
export const noRetryPolicy: RetryPolicy = createRetryPolicy({ conditions: new Set(), maxRetries: 0 });

/** The conditions of a comma list (`--backend_retry_ons`); words that nobody knows do nothing, as in ESPv2. */
export function parseRetryConditions(text: string): Set<RetryCondition> {
  const known: ReadonlySet<string> = new Set(retryConditions);
  const words = text.split(',').map((word) => word.trim());
  return new Set(words.filter((word): word is RetryCondition => known.has(word)));
}

/**
 * The statuses of a comma list (`--backend_retry_on_status_codes`). Blanks are not trimmed, each must be in
 * [100, 600); otherwise the element that is wrong is returned.
 */
export function parseRetryStatusCodes(text: string): Set<number> | string {
  const codes = new Set<number>();
  for (const element of text.split(',')) {
    if (!/^[1-5]\d\d$/.test(element)) return element;
    codes.add(Number(element));
  }
  return codes;
}

/** True when a failed try should be followed by another one. Source: Envoy's RetryStateImpl::wouldRetryFromReset. */
export function retriesFailure(policy: RetryPolicy, failure: UpstreamFailure): boolean {
  const { conditions } = policy;
  switch (failure.reason) {
    case 'overflow':
    case 'no_healthy_upstream':
      return false;
    case 'remote_refused_stream_reset':
      if (conditions.has('refused-stream')) return true;
      break;
    case 'remote_connection_failure':
    case 'local_connection_failure':
    case 'connection_timeout':
      if (conditions.has('connect-failure')) return true;
      break;
    default:
  }
  if (conditions.has('reset') || conditions.has('5xx') || conditions.has('gateway-error')) return true;
  return conditions.has('reset-before-request') && !failure.requestSent;
}

/** True when a try that takes too long should be followed by another one: a timeout counts as a reset. */
export function retriesTimeout(policy: RetryPolicy): boolean {
  const { conditions } = policy;
  return conditions.has('reset') || conditions.has('5xx') || conditions.has('gateway-error');
}

/** True when this answer should be dropped and another one sought. */
export function retriesResponse(policy: RetryPolicy, head: ResponseHead): boolean {
  if (!policy.inspectsResponses) return false;
  const { conditions, statusCodes } = policy;
  const { status } = head;
  if (status >= 500 && conditions.has('5xx')) return true;
  if (status >= 502 && status <= 504 && conditions.has('gateway-error')) return true;
  if (status === 409 && conditions.has('retriable-4xx')) return true;
  if (statusCodes.has(status) && conditions.has('retriable-status-codes')) return true;
  if (conditions.has('envoy-ratelimited') && getHeader(head.headers, 'x-envoy-ratelimited') !== undefined)
    return true;
  return retriesGrpcStatus(conditions, head);
}

/** gRPC codes that have a condition of their own. */
const grpcConditions: Readonly<Record<string, RetryCondition>> = {
  1: 'cancelled',
  4: 'deadline-exceeded',
  8: 'resource-exhausted',
  13: 'internal',
  14: 'unavailable',
};

/** Only a trailers-only answer tells its status before anything went to the client. */
function retriesGrpcStatus(conditions: ReadonlySet<RetryCondition>, head: ResponseHead): boolean {
  const condition = grpcConditions[getHeader(head.headers, 'grpc-status') ?? ''];
  return condition !== undefined && conditions.has(condition);
}

const backOffBaseMs = 25;
const backOffMaxMs = 250;

/**
 * Milliseconds to wait before retry `n` (1 …): random below 25 ms × 2^(n−1), at most 250 ms. Source: Envoy's defaults.
 *
 * @param random in [0, 1)
 */
export function backOffMs(n: number, random: number): number {
  return Math.floor(random * Math.min(backOffBaseMs * 2 ** (n - 1), backOffMaxMs));
}

/** Methods that may be sent twice (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'OPTIONS':
    case 'PUT':
    case 'DELETE':
    case 'TRACE':
      return true;
    default:
      return false;
  }
}
