import { setHeader } from '../../../protocol/http/headers.ts';
import type { Exchange } from '../../exchange.ts';

/** Envoy overwrites the backend's. */
export const serverHeader = 'envoy';

/**
 * `<prefix>api-consumer-type` and `-number`, as Check named the consumer. Source: espv2 filter.cc, consumer headers.
 *
 * @param prefix `--generated_header_prefix`, lower case, `x-endpoint-` by default.
 */
export function consumerHeaders(exchange: Exchange, prefix: string): readonly string[] {
  const consumer = exchange.consumer;
  if (consumer === undefined) return none;
  const headers: string[] = [];
  if (consumer.type !== '') headers.push(`${prefix}api-consumer-type`, consumer.type);
  if (consumer.consumerNumber !== '') headers.push(`${prefix}api-consumer-number`, consumer.consumerNumber);
  return headers;
}

/** `x-forwarded-proto` where the client or a proxy before us sent none. `x-forwarded-for` stays as it came. */
export function setForwardingHeaders(exchange: Exchange): void {
  const { headers } = exchange;
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === 'x-forwarded-proto') return;
  setHeader(headers, 'x-forwarded-proto', exchange.scheme);
}

const none: readonly string[] = [];
