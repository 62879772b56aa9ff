import type { Closeable } from '../core/lifecycle.ts';

/**
 * The port through which the data plane asks for policy decisions and tells what happened. Behind it: Service Control
 * over HTTP (Google's or ours) with caches, or the same thing in process.
 */
export interface ServiceController extends Closeable {
  /** Synchronous when the answer is cached; never rejects: failures are outcomes. */
  check(request: CheckRequest): CheckOutcome | Promise<CheckOutcome>;
  /** Synchronous when answered from the cache; never rejects. */
  allocateQuota(request: QuotaRequest): QuotaOutcome | Promise<QuotaOutcome>;
  /** Queues one finished exchange; bounded, drops the oldest and counts when full. */
  report(record: ReportRecord): void;
}

/** What Check is asked. Empty strings are absent values. Source: espv2 request_builder.cc, esp service_control proto.cc. */
export interface CheckRequest {
  /** The method's selector. */
  readonly operationName: string;
  readonly apiKey: string;
  readonly callerIp: string;
  readonly referer: string;
  readonly androidPackageName: string;
  readonly androidCertFingerprint: string;
  readonly iosBundleId: string;
}

/** Who called, as Check answered. */
export interface ConsumerInfo {
  /** `project:<id>` form is not used here: the bare number, '' when unknown. */
  readonly projectNumber: string;
  /** PROJECT, FOLDER, ORGANIZATION, SERVICE_SPECIFIC, or '' when the server did not say. */
  readonly type: string;
  readonly consumerNumber: string;
  /** The server's id of the key, already prefixed `apikey:`; '' when it sent none. */
  readonly apiKeyUid: string;
}

export type CheckOutcome =
  | { readonly kind: 'allowed'; readonly consumer: ConsumerInfo; readonly failedOpen: boolean }
  /** `checkErrors[0]`. `code` is the enum name, such as API_KEY_INVALID. */
  | {
      readonly kind: 'denied';
      readonly code: string;
      readonly detail: string;
      readonly consumer: ConsumerInfo;
    }
  | ControllerUnavailable;

/** Service Control could not be asked or refused the proxy itself. */
export interface ControllerUnavailable {
  readonly kind: 'unavailable';
  /** HTTP status of its answer; 0 when there was none (refused, timeout). */
  readonly httpStatus: number;
  /** Text for the reply: the answer's body or what the transport said. */
  readonly message: string;
  /** What went wrong; absent only from controllers that cannot tell. */
  readonly reason?: UnavailableReason;
}

/**
 * Why Service Control gave no decision: no connection, no answer in time, the connection ended early, an HTTP status
 * other than 200, an answer that does not parse, no access token, or too many calls waiting already.
 */
export type UnavailableReason =
  | 'refused'
  | 'timeout'
  | 'reset'
  | 'status'
  | 'malformed'
  | 'token'
  | 'overload';

export interface QuotaRequest {
  readonly operationName: string;
  readonly apiKey: string;
  /** Metric name and cost. */
  readonly metricCosts: ReadonlyArray<readonly [metric: string, cost: number]>;
  readonly callerIp: string;
  readonly referer: string;
}

export type QuotaOutcome =
  | { readonly kind: 'allowed' }
  /** `allocateErrors[0]`. `code` is the enum name, such as RESOURCE_EXHAUSTED. */
  | { readonly kind: 'denied'; readonly code: string; readonly description: string }
  | ControllerUnavailable;

export type ApiKeyState = 'NOT_CHECKED' | 'VERIFIED' | 'INVALID' | 'NOT_ENABLED';

/** One finished exchange, in the terms of the report of either ESP generation. Times are epoch milliseconds. */
export interface ReportRecord {
  /** Selector; `<Unknown Operation Name>` when no method matched. */
  readonly operationName: string;
  readonly apiName: string;
  readonly apiVersion: string;
  readonly apiKey: string;
  readonly apiKeyState: ApiKeyState;
  readonly consumer: ConsumerInfo | undefined;
  /** Issuer and audience of a verified JWT, '' when there was none. */
  readonly authIssuer: string;
  readonly authAudience: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly httpMethod: string;
  /** Path and query as matched. */
  readonly url: string;
  readonly httpVersion: string;
  readonly frontendProtocol: 'http' | 'grpc';
  /** '' when no backend was chosen. */
  readonly backendProtocol: 'http' | 'grpc' | '';
  readonly httpStatus: number;
  /** Canonical code name when the response was gRPC, else ''. */
  readonly grpcStatus: string;
  readonly responseCodeDetails: string;
  /**
   * Canonical code of the proxy's own decision (`LocalReply.rpcCode`), 0 when the backend answered; absent: derived from
   * the response status. Source: label /status_code.
   */
  readonly statusCode?: number;
  /** Where a failure came from, in v1's words: internal, application, auth, service_control; '' on success. */
  readonly errorCause: string;
  readonly errorMessage: string;
  readonly clientIp: string;
  readonly referer: string;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Milliseconds; -1 when not known (no backend was asked). */
  readonly totalLatencyMs: number;
  readonly backendLatencyMs: number;
  readonly overheadLatencyMs: number;
  /** Flat header lists, for the headers that log_request_headers/log_response_headers name. */
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: readonly string[];
  /** `k=v;` text for log_jwt_payloads, '' without. */
  readonly jwtPayloads: string;
  /** 32 hex digits; '' without a trace. */
  readonly traceId: string;
}
