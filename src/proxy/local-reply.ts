import type { RpcCode } from '../core/status.ts';

/** A response that the proxy makes itself, before a dialect puts it into words and bytes. */
export interface LocalReply {
  readonly httpStatus: number;
  readonly rpcCode: RpcCode;
  /** Text for the client. Dialects choose it (their `messages`), so it is final here. */
  readonly message: string;
  /** v1's `detail` and the report's error cause. */
  readonly cause: ErrorCause;
  /** Envoy-style details for access log and report, such as `service_control_bad_request{MISSING_API_KEY}`. */
  readonly responseCodeDetails: string;
  /** Envoy response flags, such as UF; '' for none. */
  readonly responseFlags: string;
  /** Extra headers: name, value, … */
  readonly headers: readonly string[];
  /** Bytes instead of the dialect's error body (health answers, CORS preflights); undefined: the error body. */
  readonly body?: string;
  /** The downstream connection closes after it. */
  readonly closeConnection: boolean;
}

/** In v1's words. */
export type ErrorCause = 'internal' | 'application' | 'auth' | 'service_control';
