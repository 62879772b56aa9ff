import { RpcCode } from '../../../core/status.ts';
import type { UpstreamFailure, UpstreamFailureReason } from '../../../protocol/http/stream.ts';
import type { Exchange } from '../../exchange.ts';
import { createLocalReply } from '../../local-reply.ts';
import type { LocalReply } from '../../local-reply.ts';

/** Envoy's router replies. Source: Envoy router.cc, stream_info response flags. */
export function upstreamFailure(failure: UpstreamFailure, _exchange: Exchange, retried: boolean): LocalReply {
  if (failure.reason === 'no_healthy_upstream')
    return router(503, 'no healthy upstream', 'UH', 'no_healthy_upstream');
  const [flag, words] = resets[failure.reason];
  const transport = failure.transport;
  const message =
    'upstream connect error or disconnect/reset before headers. ' +
    `${retried ? 'retried and the latest reset reason' : 'reset reason'}: ${words}` +
    `${transport === undefined ? '' : `, transport failure reason: ${transport}`}`;
  const details = `${words}${transport === undefined ? '' : `|${transport}`}`;
  return router(
    failure.reason === 'protocol_error' ? 502 : 503,
    message,
    flag,
    `upstream_reset_before_response_started{${details}}`,
  );
}

/** Response flag and spelling of each reset reason. */
const resets: Readonly<
  Record<Exclude<UpstreamFailureReason, 'no_healthy_upstream'>, readonly [flag: string, words: string]>
> = {
  remote_connection_failure: ['UF', 'remote connection failure'],
  local_connection_failure: ['UF', 'local connection failure'],
  connection_timeout: ['UF', 'connection timeout'],
  connection_termination: ['UC', 'connection termination'],
  remote_reset: ['UR', 'remote reset'],
  remote_refused_stream_reset: ['UR', 'remote refused stream reset'],
  local_reset: ['LR', 'local reset'],
  overflow: ['UO', 'overflow'],
  protocol_error: ['UPE', 'protocol error'],
};

export function upstreamTimeout(kind: 'response' | 'per_try' | 'idle', exchange: Exchange): LocalReply {
  if (kind === 'idle') {
    const status = exchange.requestEndedMs < 0 ? 408 : 504;
    return router(status, 'stream timeout', 'SI', 'stream_idle_timeout');
  }
  const details = kind === 'response' ? 'response_timeout' : 'upstream_per_try_timeout';
  return router(504, 'upstream request timeout', 'UT', details);
}

function router(
  httpStatus: number,
  message: string,
  responseFlags: string,
  responseCodeDetails: string,
): LocalReply {
  return createLocalReply({
    httpStatus,
    message,
    responseFlags,
    responseCodeDetails,
    rpcCode: httpStatus === 504 ? RpcCode.DEADLINE_EXCEEDED : RpcCode.UNAVAILABLE,
    cause: 'application',
  });
}
