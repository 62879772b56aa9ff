import type { ClientStream, ClientStreamHandler, RequestHead } from '../../protocol/http/stream.ts';

/** What the forward stage needs of a cluster. */
export interface UpstreamCluster {
  /**
   * Starts one request. The returned stream takes its body; `handler` hears what comes back. `handler.onError` may be
   * called before this returns.
   */
  request(head: RequestHead, handler: ClientStreamHandler): ClientStream;
}
