import type { Clock, Timer } from '../../core/clock.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { ServiceControlCounters } from '../counters.ts';
import type { PackedReport } from './report-request.ts';

/** How a call for one report ended: taken; not taken now; not taken and never will be. */
export type SendResult = 'sent' | 'retryLater' | 'refused';

/** Sends one report, with the transport's own retries. Never rejects. */
export type SendReport = (report: PackedReport, signal: AbortSignal) => Promise<SendResult>;

export interface ReportQueueLimits {
  /** Bytes that wait while Service Control is away; beyond them the oldest go. */
  readonly maxBytes: number;
  /** Calls under way at once. */
  readonly maxInFlight: number;
  /** Pause after a report that could not be delivered, doubled up to the largest. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

/** 16 MiB are about 20 000 log entries. */
export const defaultReportQueueLimits: ReportQueueLimits = {
  maxBytes: 16 * 1024 * 1024,
  maxInFlight: 4,
  backoffMs: 5000,
  maxBackoffMs: 60_000,
};

/**
 * Reports on their way out. One that cannot be delivered is kept and sent again; the server knows an operation id that
 * it has seen. Differs from ESPv2: it drops a report after its retries, and the last second's reports when it stops.
 */
export class ReportQueue {
  readonly #limits: ReportQueueLimits;
  readonly #clock: Clock;
  readonly #send: SendReport;
  readonly #counters: ServiceControlCounters;
  readonly #logger: Logger;
  readonly #waiting: PackedReport[] = [];
  readonly #inFlight = new Set<PackedReport>();
  readonly #abort = new AbortController();
  readonly #drained: Array<() => void> = [];
  #waitingBytes = 0;
  #backoffMs: number;
  #pause: Timer | undefined;

  constructor(parts: {
    readonly limits: ReportQueueLimits;
    readonly clock: Clock;
    readonly send: SendReport;
    readonly counters: ServiceControlCounters;
    readonly logger: Logger;
  }) {
    this.#limits = parts.limits;
    this.#clock = parts.clock;
    this.#send = parts.send;
    this.#counters = parts.counters;
    this.#logger = parts.logger;
    this.#backoffMs = parts.limits.backoffMs;
  }

  get size(): number {
    return this.#waiting.length + this.#inFlight.size;
  }

  push(report: PackedReport): void {
    this.#waiting.push(report);
    this.#waitingBytes += report.body.length;
    this.#dropExcess();
    this.#sendNext();
  }

  /** Waits until everything is sent or `timeoutMs` have passed; then gives up what is left. */
  async close(timeoutMs: number): Promise<void> {
    this.#endPause();
    this.#sendNext();
    if (this.size > 0) await this.#waitForDrain(timeoutMs);
    this.#endPause();
    this.#abort.abort();
    const lost = [...this.#waiting, ...this.#inFlight].reduce((sum, report) => sum + report.operations, 0);
    if (lost > 0) {
      this.#counters.droppedReports += lost;
      this.#logger.warn({ operations: lost }, 'reports given up at shutdown');
    }
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }

  #endPause(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
  }

  async #waitForDrain(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(timeoutMs, resolve);
      this.#drained.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #sendNext(): void {
    while (
      this.#pause === undefined &&
      !this.#abort.signal.aborted &&
      this.#inFlight.size < this.#limits.maxInFlight
    ) {
      const report = this.#waiting.shift();
      if (report === undefined) break;
      this.#waitingBytes -= report.body.length;
      void this.#deliver(report);
    }
    if (this.size === 0) for (const resolve of this.#drained.splice(0)) resolve();
  }

  async #deliver(report: PackedReport): Promise<void> {
    this.#inFlight.add(report);
    const result = await this.#send(report, this.#abort.signal);
    this.#inFlight.delete(report);
    if (this.#abort.signal.aborted) return;
    if (result === 'retryLater') this.#retryLater(report);
    else {
      this.#backoffMs = this.#limits.backoffMs;
      if (result === 'refused') this.#counters.droppedReports += report.operations;
    }
    this.#sendNext();
  }

  #retryLater(report: PackedReport): void {
    this.#waiting.unshift(report);
    this.#waitingBytes += report.body.length;
    this.#dropExcess();
    if (this.#pause !== undefined) return;
    this.#pause = this.#clock.setTimer(this.#backoffMs, () => {
      this.#pause = undefined;
      this.#sendNext();
    });
    this.#backoffMs = Math.min(this.#backoffMs * 2, this.#limits.maxBackoffMs);
  }

  #dropExcess(): void {
    let dropped = 0;
    while (this.#waitingBytes > this.#limits.maxBytes) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) break;
      this.#waitingBytes -= oldest.body.length;
      dropped += oldest.operations;
    }
    if (dropped === 0) return;
    this.#counters.droppedReports += dropped;
    this.#logger.warn({ operations: dropped }, 'report queue full, oldest reports dropped');
  }
}
