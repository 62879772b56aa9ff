import type { ResponseHead } from '../../protocol/http/stream.ts';
import type { Exchange } from '../exchange.ts';

/** Notes a response head as it goes to the client, for report, access log and metrics. */
export function recordResponseHead(exchange: Exchange, head: ResponseHead): void {
  exchange.responseStatus = head.status;
  exchange.responseHeaders = head.headers;
  exchange.responseHeaderBytes = countFieldBytes(head.headers);
}

/** Bytes of all names and values. */
function countFieldBytes(fields: readonly string[]): number {
  let bytes = 0;
  for (const field of fields) bytes += field.length;
  return bytes;
}
