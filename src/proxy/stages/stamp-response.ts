import type { Clock } from '../../core/clock.ts';
import { getHeader, setHeader } from '../../protocol/http/headers.ts';
import type { ResponseHead } from '../../protocol/http/stream.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../pipeline/stage.ts';

export interface StampResponseOptions {
  readonly dialect: Dialect;
  readonly clock: Clock;
  /** Adds the headers of Envoy's router. Default false. */
  readonly sendRouterHeaders?: boolean;
}

/** `server` and `date` of every response, the proxy's own included. */
export function createStampResponse(options: StampResponseOptions): Stage {
  const { dialect, clock, sendRouterHeaders = false } = options;
  let secondStamped = -1;
  let date = '';
  return {
    name: 'stamp-response',
    run: () => undefined,
    onResponse(exchange, head) {
      const nowMs = clock.nowMs();
      const second = Math.floor(nowMs / 1000);
      if (second !== secondStamped) {
        secondStamped = second;
        date = new Date(nowMs).toUTCString();
      }
      if (dialect.serverHeader !== undefined) setHeader(head.headers, 'server', dialect.serverHeader);
      if (getHeader(head.headers, 'date') === undefined) head.headers.push('date', date);
      if (sendRouterHeaders) addRouterHeaders(exchange, head);
    },
  };
}

/** How long the backend took to its head, and that there were too many requests for it. Source: Envoy router.cc. */
function addRouterHeaders(exchange: Exchange, head: ResponseHead): void {
  const { upstreamStartedMs, upstreamHeadersMs } = exchange;
  if (upstreamHeadersMs >= 0)
    setHeader(
      head.headers,
      'x-envoy-upstream-service-time',
      String(Math.round(upstreamHeadersMs - upstreamStartedMs)),
    );
  if (exchange.responseFlags.startsWith('UO')) setHeader(head.headers, 'x-envoy-overloaded', 'true');
}
