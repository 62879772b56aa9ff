import type { Clock } from '../../core/clock.ts';
import { getHeader, setHeader } from '../../protocol/http/headers.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Stage } from '../pipeline/stage.ts';

/** `server` and `date` of every response, the proxy's own included. */
export function createStampResponse(options: { readonly dialect: Dialect; readonly clock: Clock }): Stage {
  const { dialect, clock } = options;
  let secondStamped = -1;
  let date = '';
  return {
    name: 'stamp-response',
    run: () => undefined,
    onResponse(_exchange, head) {
      const nowMs = clock.nowMs();
      const second = Math.floor(nowMs / 1000);
      if (second !== secondStamped) {
        secondStamped = second;
        date = new Date(nowMs).toUTCString();
      }
      if (dialect.serverHeader !== undefined) setHeader(head.headers, 'server', dialect.serverHeader);
      if (getHeader(head.headers, 'date') === undefined) head.headers.push('date', date);
    },
  };
}
