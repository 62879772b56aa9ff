import type { Closeable } from '../../core/lifecycle.ts';
import type { Exchange } from '../exchange.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import { hideApiKeys } from './hide-api-keys.ts';
import type { LogWriter } from './log-writer.ts';

/** The access log: a line for every exchange, health probes and refusals included. */
export interface AccessLog extends ExchangeObserver, Closeable {
  /** After the file was moved away: SIGHUP or SIGUSR1 in the process. */
  reopen(): void;
  /** Lines that a slow disk has cost. */
  readonly dropped: number;
}

export interface AccessLogOptions {
  /**
   * The API keys of a request are written as `[redacted]`, wherever they stand in the line. Turn it off for formats that an
   * operator wrote to show the key. Differs from ESPv2: it logs keys that come in the query. Default true.
   */
  readonly hidesApiKeys?: boolean;
}

/** @param format gives the whole line, its line end included. */
export function createAccessLog(
  writer: LogWriter,
  format: (exchange: Exchange) => string,
  options: AccessLogOptions = {},
): AccessLog {
  const hidesApiKeys = options.hidesApiKeys ?? true;
  return {
    onExchangeEnd(exchange) {
      const line = format(exchange);
      writer.write(hidesApiKeys ? hideApiKeys(line, exchange) : line);
    },
    reopen: () => writer.reopen(),
    close: () => writer.close(),
    get dropped() {
      return writer.dropped;
    },
  };
}
