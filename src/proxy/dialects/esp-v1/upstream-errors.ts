import { RpcCode } from '../../../core/status.ts';
import type { UpstreamFailure } from '../../../protocol/http/stream.ts';
import type { Exchange } from '../../exchange.ts';
import { createLocalReply } from '../../local-reply.ts';
import type { LocalReply } from '../../local-reply.ts';

/**
 * HTTP backends fail as nginx says it, gRPC backends as ESP's own gRPC client does. Flags and details are Envoy's,
 * which v1 has none of. Source: esp nginx/error.cc, grpc_passthrough_server_call.cc.
 */
export function upstreamFailure(failure: UpstreamFailure, exchange: Exchange): LocalReply {
  const marks = {
    responseFlags: flags[failure.reason] ?? 'UC',
    responseCodeDetails: `upstream_reset_before_response_started{${failure.reason}${failure.transport === undefined ? '' : `|${failure.transport}`}}`,
  };
  if (exchange.route?.backend.protocol === 'grpc')
    return createLocalReply({
      httpStatus: 503,
      rpcCode: RpcCode.UNAVAILABLE,
      message: 'upstream backend unavailable',
      cause: 'internal',
      ...marks,
    });
  return createLocalReply({
    httpStatus: 502,
    rpcCode: RpcCode.INTERNAL,
    message: 'BAD_GATEWAY',
    cause: 'application',
    ...marks,
  });
}

const flags: Readonly<Partial<Record<UpstreamFailure['reason'], string>>> = {
  remote_connection_failure: 'UF',
  local_connection_failure: 'UF',
  connection_timeout: 'UF',
  remote_reset: 'UR',
  remote_refused_stream_reset: 'UR',
  local_reset: 'LR',
  overflow: 'UO',
  protocol_error: 'UPE',
  no_healthy_upstream: 'UH',
};

export function upstreamTimeout(kind: 'response' | 'per_try' | 'idle', exchange: Exchange): LocalReply {
  if (kind === 'idle' && exchange.requestEndedMs < 0)
    return createLocalReply({
      httpStatus: 408,
      rpcCode: RpcCode.FAILED_PRECONDITION,
      message: 'REQUEST_TIMEOUT',
      cause: 'application',
      responseFlags: 'SI',
      responseCodeDetails: 'stream_idle_timeout',
    });
  return createLocalReply({
    httpStatus: 504,
    rpcCode: RpcCode.DEADLINE_EXCEEDED,
    message: 'GATEWAY_TIMEOUT',
    cause: 'application',
    responseFlags: kind === 'idle' ? 'SI' : 'UT',
    responseCodeDetails: details[kind],
  });
}

const details = {
  response: 'response_timeout',
  per_try: 'upstream_per_try_timeout',
  idle: 'stream_idle_timeout',
} as const;
