import type { CodecFault, Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../pipeline/stage.ts';

export interface AdmitRequestOptions {
  readonly dialect: Dialect;
  /**
   * Upgrades to WebSocket pass; otherwise an HTTP/1.1 request goes on as an ordinary one, and an HTTP/2 one is refused.
   * ESP v1 `--enable_websocket`.
   */
  readonly allowWebSocket: boolean;
  /** A body that says to be longer is refused; 0 or absent: no limit. */
  readonly maxBodyBytes?: number;
}

/**
 * Refuses what a codec can read and a gateway must not route. The HTTP/1 codec refuses these itself; HTTP/2 requests
 * come here.
 */
export function createAdmitRequest(options: AdmitRequestOptions): Stage {
  const { dialect, allowWebSocket, maxBodyBytes = 0 } = options;
  return {
    name: 'admit-request',
    run(exchange) {
      const fault = findFault(exchange, allowWebSocket);
      if (fault !== undefined) return dialect.codecRejection(fault);
      const { request } = exchange.stream;
      if (maxBodyBytes > 0 && request.bodyLength > maxBodyBytes) return dialect.codecRejection(bodyTooLarge);
      if (request.upgrade !== undefined && !(allowWebSocket && request.upgrade === 'websocket'))
        request.upgrade = undefined;
      return undefined;
    },
  };
}

const missingHost: CodecFault = { status: 400, details: 'missing_host_header' };
/** Also for a body that turns out to be longer than allowed. */
export const bodyTooLarge: CodecFault = { status: 413, details: 'request_payload_too_large' };
const refusedUpgrade: CodecFault = { status: 403, details: 'upgrade_failed' };

function findFault(exchange: Exchange, allowWebSocket: boolean): CodecFault | undefined {
  const { request } = exchange.stream;
  // HTTP/1.0 knows no Host; whether it is taken at all is the codec's choice.
  if (exchange.authority === '' && request.version !== 'HTTP/1.0') return missingHost;
  if (request.method === 'CONNECT') return refusedUpgrade;
  // Extended CONNECT asks for a tunnel and nothing else (RFC 8441): to its client, any 200 is one.
  const isTunnel = request.version === 'HTTP/2' && request.upgrade !== undefined;
  return isTunnel && !(allowWebSocket && request.upgrade === 'websocket') ? refusedUpgrade : undefined;
}
