import type { Exchange } from '../exchange.ts';

/** Listens to what the gateway does: access log, metrics. Must not throw and must not block. */
export interface ExchangeObserver {
  onExchangeStart?(exchange: Exchange): void;
  /** The exchange is over, whatever its outcome. */
  onExchangeEnd(exchange: Exchange): void;
}
