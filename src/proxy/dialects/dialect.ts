import type {
  CheckOutcome,
  ControllerUnavailable,
  QuotaOutcome,
} from '../../service-control/service-controller.ts';
import type { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';
import type { PathRejection } from '../routing/normalize-path.ts';
import type { PathRewriteRejection } from '../routing/rewrite-path.ts';
import type { RouteResult } from '../routing/route-table.ts';
import type { UpstreamFailure } from '../../protocol/http/stream.ts';

export type CheckDenied = Extract<CheckOutcome, { kind: 'denied' }>;
export type QuotaDenied = Extract<QuotaOutcome, { kind: 'denied' }>;
export type MethodNotAllowed = Extract<RouteResult, { kind: 'methodNotAllowed' }>;

/** A request that broke the protocol or a limit: its status, and Envoy's response code details. */
export interface CodecFault {
  readonly status: number;
  readonly details: string;
}

/**
 * What differs between ESP v1 and ESPv2 as a client, a backend or Service Control sees it. One folder per dialect with
 * the same file names (dialect.ts, check-errors.ts, error-body.ts, headers.ts, messages.ts, upstream-errors.ts); nothing
 * outside them asks which generation it is.
 */
export interface Dialect {
  readonly name: 'esp-v1' | 'esp-v2';
  /** `server` response header; undefined leaves the backend's. */
  readonly serverHeader: string | undefined;
  /** Tells the backend the path before it was rewritten; undefined: it is not told. */
  readonly originalPathHeader: string | undefined;
  /** Check is called for a key that the method does not need. */
  readonly checksOptionalKeys: boolean;
  /** The error body and its content type. */
  renderError(reply: LocalReply): { readonly contentType: string; readonly body: string };
  /** Whether a request with this content type gets its errors as gRPC status. */
  isGrpcCaller(contentType: string): boolean;
  /** `grpc-status` and `grpc-message` (already percent-encoded; '' for none) of a reply to a gRPC caller. */
  renderGrpcError(reply: LocalReply): { readonly status: number; readonly message: string };

  /** What a codec, or the gateway on behalf of one, refuses before there is an exchange to speak of. */
  codecRejection(fault: CodecFault): LocalReply;
  /** Path normalisation refuses the target, or sends the client to its plain form (307). */
  pathRejected(rejection: PathRejection, exchange: Exchange): LocalReply;
  /** A target that a config with path translation does not take. */
  rewriteRejected(rejection: PathRewriteRejection, exchange: Exchange): LocalReply;
  /** No config is served yet, or the process is past serving. */
  notReady(exchange: Exchange): LocalReply;
  /** The answer on `--healthz`. */
  healthy(exchange: Exchange): LocalReply;
  notFound(exchange: Exchange): LocalReply;
  methodNotAllowed(exchange: Exchange, result: MethodNotAllowed): LocalReply;
  /** OPTIONS with a CORS preset on, on a path of its own, that is no preflight or of a foreign origin. */
  corsRejected(exchange: Exchange): LocalReply;
  jwtMissing(exchange: Exchange): LocalReply;
  /** A token came, and this version cannot verify it. */
  jwtUnsupported(exchange: Exchange): LocalReply;
  missingApiKey(exchange: Exchange): LocalReply;
  checkDenied(outcome: CheckDenied, exchange: Exchange): LocalReply;
  /** Service Control gave no decision and the controller's network policy is closed. */
  checkUnavailable(outcome: ControllerUnavailable, exchange: Exchange): LocalReply;
  /** Undefined: the code does not deny. */
  quotaDenied(outcome: QuotaDenied, exchange: Exchange): LocalReply | undefined;
  upstreamFailure(failure: UpstreamFailure, exchange: Exchange, retried: boolean): LocalReply;
  /** Deadline (504) or idle (408/504) passed before the response head. */
  upstreamTimeout(kind: 'response' | 'per_try' | 'idle', exchange: Exchange): LocalReply;
  internalError(exchange: Exchange): LocalReply;

  /** Headers for the backend that tell who called: name, value, …; the client's own copies are stripped before. */
  consumerHeaders(exchange: Exchange): readonly string[];
  /** Headers for the backend that tell where the request came from, set in place. */
  setForwardingHeaders(exchange: Exchange): void;
}
