import type { RequestHead } from '../../protocol/http/stream.ts';
import type { UpstreamCall, UpstreamHandler, UpstreamRequestOptions } from '../upstream/upstream-request.ts';

/** What the forward stage needs of a cluster. */
export interface UpstreamCluster {
  /** Starts one request; `handler` is called later, never from within. */
  request(head: RequestHead, handler: UpstreamHandler, options: UpstreamRequestOptions): UpstreamCall;
}
