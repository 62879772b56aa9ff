import type { Closeable } from '../../core/lifecycle.ts';
import type { Exchange } from '../exchange.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import type { LogWriter } from './log-writer.ts';

/** The access log: a line for every exchange, health probes and refusals included. */
export interface AccessLog extends ExchangeObserver, Closeable {
  /** After the file was moved away: SIGHUP or SIGUSR1 in the process. */
  reopen(): void;
  /** Lines that a slow disk has cost. */
  readonly dropped: number;
}

/** @param format gives the whole line, its line end included. */
export function createAccessLog(writer: LogWriter, format: (exchange: Exchange) => string): AccessLog {
  return {
    onExchangeEnd(exchange) {
      writer.write(format(exchange));
    },
    reopen: () => writer.reopen(),
    close: () => writer.close(),
    get dropped() {
      return writer.dropped;
    },
  };
}
