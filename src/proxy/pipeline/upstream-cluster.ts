import type { ClusterConfig } from '../routing/method-config.ts';
import type { PoolStats } from '../upstream/pool.ts';
import type { RequestHead } from '../../protocol/http/stream.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequestOptions } from '../upstream/upstream-request.ts';

/** What the gateway needs of a cluster: requests, and for the metrics what it can tell of itself. */
export interface UpstreamCluster {
  readonly config?: ClusterConfig;
  readonly stats?: PoolStats;
  readonly activeRequests?: number;
  /** Starts one request; `handler` is called later, never from within. */
  request(head: RequestHead, handler: UpstreamHandler, options: UpstreamRequestOptions): UpstreamCall;
}
