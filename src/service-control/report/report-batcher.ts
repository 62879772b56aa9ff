import type { Clock, Timer } from '../../core/clock.ts';
import type { ServiceControlCounters } from '../counters.ts';
import type { ReportRecord } from '../service-controller.ts';
import { ProtoWriter } from './proto-writer.ts';
import { labelValues, ReportAggregate, reportKey } from './report-aggregate.ts';
import type { ReportPlan } from './report-plan.ts';
import { packReports, type PackedReport } from './report-request.ts';

export interface ReportBatcherLimits {
  /** Signatures that are summed up at once; beyond them the oldest is sent. */
  readonly maxEntries: number;
  /** Age at which an entry is sent. */
  readonly flushIntervalMs: number;
  /** Log entries that make an entry leave at once. */
  readonly maxLogEntries: number;
  /** The same in bytes, well below what a request may weigh. */
  readonly maxLogBytes: number;
  /** Log entries over all signatures; beyond them everything is sent. */
  readonly maxBufferedLogEntries: number;
}

/** Source: espv2 client_cache constants, service-control-client-cxx report_aggregator_impl.cc. */
export const defaultReportBatcherLimits: ReportBatcherLimits = {
  maxEntries: 10_000,
  flushIntervalMs: 1000,
  maxLogEntries: 100,
  maxLogBytes: 512 * 1024,
  maxBufferedLogEntries: 10_000,
};

/** Sums up records of the same signature for a second, then packs them into report requests. */
export class ReportBatcher {
  readonly #limits: ReportBatcherLimits;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #emit: (report: PackedReport) => void;
  readonly #counters: ServiceControlCounters;
  readonly #writer = new ProtoWriter();
  /** In order of creation, oldest first. */
  readonly #entries = new Map<string, ReportAggregate>();
  #bufferedLogEntries = 0;
  #timer: Timer | undefined;

  constructor(parts: {
    readonly limits: ReportBatcherLimits;
    readonly clock: Clock;
    readonly createId: () => string;
    readonly emit: (report: PackedReport) => void;
    readonly counters: ServiceControlCounters;
  }) {
    this.#limits = parts.limits;
    this.#clock = parts.clock;
    this.#createId = parts.createId;
    this.#emit = parts.emit;
    this.#counters = parts.counters;
  }

  /** Signatures held. */
  get size(): number {
    return this.#entries.size;
  }

  add(plan: ReportPlan, record: ReportRecord): void {
    const values = labelValues(plan, record);
    const key = reportKey(plan, record, values);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= this.#limits.maxEntries) this.#flushOldest();
      entry = new ReportAggregate(plan, record, values, this.#clock.monotonicMs());
      this.#entries.set(key, entry);
      this.#timer ??= this.#clock.setTimer(this.#limits.flushIntervalMs, () => this.#tick());
    }
    const before = entry.logRecords;
    entry.add(record);
    this.#bufferedLogEntries += entry.logRecords - before;
    if (entry.logRecords >= this.#limits.maxLogEntries || entry.logBytes >= this.#limits.maxLogBytes) {
      this.#remove(key, entry);
      this.#send([entry]);
    } else if (this.#bufferedLogEntries >= this.#limits.maxBufferedLogEntries) this.flush();
  }

  /** Sends everything now. */
  flush(): void {
    this.#flushOlderThan(0);
  }

  #tick(): void {
    this.#timer = undefined;
    this.#flushOlderThan(this.#limits.flushIntervalMs);
    const oldest = this.#entries.values().next().value;
    if (oldest === undefined) return;
    const dueMs = oldest.createdAtMs + this.#limits.flushIntervalMs - this.#clock.monotonicMs();
    this.#timer = this.#clock.setTimer(Math.max(1, dueMs), () => this.#tick());
  }

  #flushOlderThan(ageMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const due: ReportAggregate[] = [];
    for (const [key, entry] of this.#entries) {
      if (nowMs - entry.createdAtMs < ageMs) break;
      this.#remove(key, entry);
      due.push(entry);
    }
    this.#send(due);
    if (this.#entries.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #flushOldest(): void {
    const oldest = this.#entries.entries().next().value;
    if (oldest === undefined) return;
    this.#remove(oldest[0], oldest[1]);
    this.#send([oldest[1]]);
  }

  #remove(key: string, entry: ReportAggregate): void {
    this.#entries.delete(key);
    this.#bufferedLogEntries -= entry.logRecords;
  }

  #send(entries: readonly ReportAggregate[]): void {
    for (const [configId, group] of Map.groupBy(entries, (entry) => entry.plan.context.configId)) {
      const operations = group.flatMap((entry) => entry.serialize(this.#createId(), this.#writer));
      const { serviceName } = (group[0] as ReportAggregate).plan.context;
      for (const report of packReports(serviceName, configId, operations)) {
        this.#counters.maxReportSize = Math.max(this.#counters.maxReportSize, report.body.length);
        this.#emit(report);
      }
    }
  }
}
