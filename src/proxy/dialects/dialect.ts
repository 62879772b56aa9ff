import type {
  CheckOutcome,
  ControllerUnavailable,
  QuotaOutcome,
} from '../../service-control/service-controller.ts';
import type { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';
import type { RouteResult } from '../routing/route-table.ts';
import type { UpstreamFailure } from '../../protocol/http/stream.ts';

/**
 * What differs between ESP v1 and ESPv2 as a client, a backend or Service Control sees it. One folder per dialect with
 * the same file names (error-body.ts, messages.ts, headers.ts, report.ts, defaults.ts …); nothing outside them asks
 * which generation it is.
 */
export interface Dialect {
  readonly name: 'esp-v1' | 'esp-v2';
  /** `server` response header; undefined leaves the backend's. */
  readonly serverHeader: string | undefined;
  /** The error body and its content type. */
  renderError(reply: LocalReply): { readonly contentType: string; readonly body: string };

  notFound(exchange: Exchange): LocalReply;
  methodNotAllowed(
    exchange: Exchange,
    result: Extract<RouteResult, { kind: 'methodNotAllowed' }>,
  ): LocalReply;
  missingApiKey(exchange: Exchange): LocalReply;
  checkDenied(outcome: Extract<CheckOutcome, { kind: 'denied' }>, exchange: Exchange): LocalReply;
  checkUnavailable(outcome: ControllerUnavailable, exchange: Exchange): LocalReply;
  quotaDenied(outcome: Extract<QuotaOutcome, { kind: 'denied' }>, exchange: Exchange): LocalReply;
  quotaUnavailable(outcome: ControllerUnavailable, exchange: Exchange): LocalReply;
  upstreamFailure(failure: UpstreamFailure, exchange: Exchange, retried: boolean): LocalReply;
  /** Deadline (504) or idle (408/504) passed before the response head. */
  upstreamTimeout(kind: 'response' | 'per_try' | 'idle', exchange: Exchange): LocalReply;
  internalError(exchange: Exchange): LocalReply;

  /** Headers for the backend that tell who called; the client's own copies are stripped before. */
  consumerHeaders(exchange: Exchange): readonly string[];
}
