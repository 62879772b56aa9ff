import type { Dialect, ProtocolFault } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from '../pipeline/stage.ts';

export interface AdmitRequestOptions {
  readonly dialect: Dialect;
  /** Upgrades to WebSocket pass; otherwise the request goes on as an ordinary one. ESP v1 `--enable_websocket`. */
  readonly allowWebSocket: boolean;
}

/** Refuses what the codec can read and a gateway must not route: old versions, CONNECT, strange upgrades, no host. */
export function createAdmitRequest(options: AdmitRequestOptions): Stage {
  return {
    name: 'admit-request',
    run(exchange) {
      const fault = findFault(exchange);
      const reply = fault === undefined ? undefined : options.dialect.protocolError(fault, exchange);
      if (reply !== undefined) return reply;
      const { request } = exchange.stream;
      if (request.upgrade !== undefined && !(options.allowWebSocket && request.upgrade === 'websocket'))
        request.upgrade = undefined;
      return undefined;
    },
  };
}

function findFault(exchange: Exchange): ProtocolFault | undefined {
  const { request } = exchange.stream;
  if (request.version === 'HTTP/1.0') return 'low_version';
  if (exchange.authority === '') return 'missing_host';
  if (request.method === 'CONNECT') return 'upgrade';
  if (request.upgrade !== undefined && request.upgrade !== 'websocket' && request.upgrade !== 'h2c')
    return 'upgrade';
  return exchange.path.charCodeAt(0) === 0x2f ? undefined : 'target';
}
