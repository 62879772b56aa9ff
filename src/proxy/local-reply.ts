import type { RpcCode } from '../core/status.ts';

/** A response that the proxy makes itself, before a dialect puts it into words and bytes. */
export interface LocalReply {
  readonly httpStatus: number;
  readonly rpcCode: RpcCode;
  /** Text for the client. Dialects choose it (their `messages`), so it is final here. */
  readonly message: string;
  /** The message as reports tell it, without a dialect's prefix; undefined: {@link LocalReply.message}. */
  readonly reason?: string;
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

/** What differs from one reply to the next; the rest has defaults. */
export type LocalReplyParts = Pick<LocalReply, 'httpStatus' | 'rpcCode' | 'message' | 'responseCodeDetails'> &
  Partial<LocalReply>;

const noHeaders: readonly string[] = [];

/** A reply with defaults: cause `internal`, no flags, no extra headers, connection kept. */
export function createLocalReply(parts: LocalReplyParts): LocalReply {
  return {
    cause: 'internal',
    responseFlags: '',
    headers: noHeaders,
    closeConnection: false,
    ...parts,
    // Envoy never has a blank here, so that access logs stay splittable.
    responseCodeDetails: parts.responseCodeDetails.replaceAll(' ', '_'),
  };
}
