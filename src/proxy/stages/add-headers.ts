import { getHeader, setHeader } from '../../protocol/http/headers.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../pipeline/stage.ts';

export interface AddHeadersOptions {
  readonly dialect: Dialect;
  /** `--generated_header_prefix`. */
  readonly headerPrefix?: string;
  /** `--enable_operation_name_header`: the backend learns the selector. */
  readonly addOperationName?: boolean;
  /** Tells the backend how long the proxy will wait for it. Default false. */
  readonly sendRouterHeaders?: boolean;
  /** A random UUID, version 4. */
  readonly createRequestId: () => string;
  /** `--add_request_headers`, `--append_request_headers`: changes the headers in place, after all others are set. */
  readonly changeRequestHeaders?: ((exchange: Exchange) => void) | undefined;
}

/** Tells the backend who calls, from where, and which request this is. */
export function createAddHeaders(options: AddHeadersOptions): Stage {
  const { dialect, createRequestId, changeRequestHeaders, sendRouterHeaders = false } = options;
  const prefix = (options.headerPrefix ?? 'X-Endpoint-').toLowerCase();
  const operationHeader = options.addOperationName === true ? `${prefix}api-operation-name` : undefined;
  return {
    name: 'add-headers',
    run(exchange) {
      const { headers } = exchange;
      const requestId = getHeader(headers, 'x-request-id');
      if (requestId === undefined) headers.push('x-request-id', (exchange.requestId = createRequestId()));
      else exchange.requestId = requestId;
      dialect.setForwardingHeaders(exchange);
      const consumer = dialect.consumerHeaders(exchange);
      for (let i = 0; i < consumer.length; i += 2)
        setHeader(headers, consumer[i] as string, consumer[i + 1] as string);
      if (operationHeader !== undefined && exchange.route !== undefined)
        setHeader(headers, operationHeader, exchange.route.selector);
      const deadlineMs = exchange.route?.backend.deadlineMs ?? 0;
      if (sendRouterHeaders && deadlineMs > 0)
        setHeader(headers, 'x-envoy-expected-rq-timeout-ms', String(deadlineMs));
      changeRequestHeaders?.(exchange);
      return undefined;
    },
  };
}
