import type { Dialect } from '../dialect.ts';
import { isGrpcCaller, renderError, renderGrpcError } from './error-body.ts';
import { consumerHeaders, serverHeader, setForwardingHeaders } from './headers.ts';
import * as messages from './messages.ts';
import { upstreamFailure, upstreamTimeout } from './upstream-errors.ts';

/** ESPv2 2.55.7 as clients and backends see it. */
export function createEspV2Dialect(
  options: {
    /** `--generated_header_prefix`, default `X-Endpoint-`. */
    readonly headerPrefix?: string;
  } = {},
): Dialect {
  const prefix = (options.headerPrefix ?? 'X-Endpoint-').toLowerCase();
  return {
    name: 'esp-v2',
    serverHeader,
    originalPathHeader: 'x-envoy-original-path',
    checksOptionalKeys: false,
    renderError,
    renderGrpcError,
    isGrpcCaller,
    ...messages,
    upstreamFailure,
    upstreamTimeout,
    consumerHeaders: (exchange) => consumerHeaders(exchange, prefix),
    setForwardingHeaders,
  };
}
