import type { Dialect } from '../dialect.ts';
import { isGrpcCaller, renderError, renderGrpcError } from './error-body.ts';
import { consumerHeaders, serverHeader, setForwardingHeaders } from './headers.ts';
import * as messages from './messages.ts';
import { upstreamFailure, upstreamTimeout } from './upstream-errors.ts';

/** ESP v1 as clients and backends see it. */
export function createEspV1Dialect(): Dialect {
  return {
    name: 'esp-v1',
    serverHeader,
    originalPathHeader: undefined,
    checksOptionalKeys: true,
    renderError,
    renderGrpcError,
    isGrpcCaller,
    ...messages,
    methodNotAllowed: messages.notFound,
    upstreamFailure,
    upstreamTimeout,
    consumerHeaders,
    setForwardingHeaders,
  };
}
