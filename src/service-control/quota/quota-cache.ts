import { LRUCache } from 'lru-cache';
import type { Clock, Timer } from '../../core/clock.ts';
import type { QuotaCacheLimits, ServiceControlDialect } from '../service-control-dialect.ts';
import type { QuotaOutcome, QuotaRequest } from '../service-controller.ts';
import { quotaAllowed, type QuotaCosts, type QuotaMode } from './quota-request.ts';

/** Asks Service Control. Never rejects: a failed call is `allowed`. */
export type AskQuota = (request: QuotaRequest, costs: QuotaCosts, mode: QuotaMode) => Promise<QuotaOutcome>;

interface Entry {
  /** The first request, which later calls repeat. */
  readonly request: QuotaRequest;
  readonly firstCosts: QuotaCosts;
  /** How to ask: that of the newest request, whose config is the current one. */
  ask: AskQuota;
  outcome: QuotaOutcome;
  /** The batch's first request, for the labels of its call. */
  pendingRequest: QuotaRequest;
  pending: Map<string, number>;
  isInFlight: boolean;
  calledAtMs: number;
  visitedAtMs: number;
}

/**
 * Quota decisions, always from memory. The first request of a key passes while it asks; what follows is summed up and
 * asked for once an interval; a denial starts with the request after the negative answer. A call that fails grants.
 * Source: service-control-client-cxx quota_aggregator_impl.cc, ESPv2's tests.
 */
export class QuotaCache {
  readonly #limits: QuotaCacheLimits;
  readonly #recheck: ServiceControlDialect['quotaRecheck'];
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, Entry>;
  #timer: Timer | undefined;

  constructor(limits: QuotaCacheLimits, recheck: ServiceControlDialect['quotaRecheck'], clock: Clock) {
    this.#limits = limits;
    this.#recheck = recheck;
    this.#clock = clock;
    this.#entries = new LRUCache({ max: Math.max(1, limits.maxEntries) });
  }

  /** Keys held. */
  get size(): number {
    return this.#entries.size;
  }

  /** Decides and counts one request. Without a cache (no entries allowed) the request waits for its own answer. */
  allocate(request: QuotaRequest, consumer: string, ask: AskQuota): QuotaOutcome | Promise<QuotaOutcome> {
    if (this.#limits.maxEntries <= 0) return ask(request, costsOf(request), 'NORMAL');
    const key = quotaKey(request, consumer);
    const nowMs = this.#clock.monotonicMs();
    const entry = this.#entries.get(key);
    const visit =
      entry !== undefined && this.#isDueByRequest(entry, nowMs)
        ? this.#visit(key, entry, nowMs, request)
        : 'idle';
    if (entry === undefined || visit === 'dropped') {
      this.#start(key, request, ask, nowMs);
      return quotaAllowed;
    }
    entry.ask = ask;
    // A request that was just asked for by itself has been counted.
    if (entry.outcome.kind !== 'denied' && visit !== 'asked') addCosts(entry, request);
    return entry.outcome;
  }

  /** Stops asking; entries vanish without a call. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#entries.clear();
  }

  #start(key: string, request: QuotaRequest, ask: AskQuota, nowMs: number): void {
    const costs = costsOf(request);
    const entry: Entry = {
      request,
      firstCosts: costs,
      ask,
      outcome: quotaAllowed,
      pendingRequest: request,
      pending: new Map(),
      isInFlight: false,
      calledAtMs: nowMs,
      visitedAtMs: nowMs,
    };
    this.#entries.set(key, entry);
    this.#call(key, entry, { request, costs, mode: 'BEST_EFFORT' });
    this.#timer ??= this.#clock.setTimer(this.#limits.refreshMs, () => this.#tick());
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, entry] of this.#entries.entries())
      if (this.#isDue(entry, nowMs)) this.#visit(key, entry, nowMs);
    this.#timer =
      this.#entries.size === 0 ? undefined : this.#clock.setTimer(this.#limits.refreshMs, () => this.#tick());
  }

  /** The timer's visits do not count for a proxy that waits for requests: its interval runs from the last call. */
  #isDueByRequest(entry: Entry, nowMs: number): boolean {
    if (this.#recheck === 'poll') return this.#isDue(entry, nowMs);
    return nowMs - entry.calledAtMs >= this.#limits.refreshMs;
  }

  #isDue(entry: Entry, nowMs: number): boolean {
    return nowMs - entry.visitedAtMs >= this.#limits.refreshMs;
  }

  /** `asked`: a call went out for `request`; `flushed`: one for what had been summed up. */
  #visit(
    key: string,
    entry: Entry,
    nowMs: number,
    request?: QuotaRequest,
  ): 'dropped' | 'flushed' | 'asked' | 'idle' {
    entry.visitedAtMs = nowMs;
    if (nowMs - entry.calledAtMs >= this.#limits.expirationMs) {
      this.#entries.delete(key);
      return 'dropped';
    }
    if (entry.isInFlight) return 'idle';
    if (entry.pending.size > 0) {
      const costs = entry.pending;
      entry.pending = new Map();
      this.#call(key, entry, { request: entry.pendingRequest, costs, mode: 'BEST_EFFORT' });
      return 'flushed';
    }
    const isDenied = entry.outcome.kind === 'denied';
    if (this.#recheck === 'poll') {
      if (!isDenied) return 'idle';
      this.#call(key, entry, { request: entry.request, costs: entry.firstCosts, mode: 'CHECK_ONLY' });
      return 'flushed';
    }
    if (request === undefined) return 'idle';
    const mode = isDenied ? 'NORMAL' : 'BEST_EFFORT';
    this.#call(key, entry, { request, costs: costsOf(request), mode });
    return 'asked';
  }

  #call(
    key: string,
    entry: Entry,
    call: { readonly request: QuotaRequest; readonly costs: QuotaCosts; readonly mode: QuotaMode },
  ): void {
    entry.isInFlight = true;
    entry.calledAtMs = this.#clock.monotonicMs();
    void entry.ask(call.request, call.costs, call.mode).then((outcome) => {
      // Dropped or replaced meanwhile: the answer is about nobody.
      if (this.#entries.peek(key) !== entry) return;
      entry.isInFlight = false;
      entry.outcome = outcome;
      if (outcome.kind === 'denied') entry.pending = new Map();
    });
  }
}

function addCosts(entry: Entry, request: QuotaRequest): void {
  if (entry.pending.size === 0) entry.pendingRequest = request;
  for (const [metric, cost] of request.metricCosts)
    entry.pending.set(metric, (entry.pending.get(metric) ?? 0) + effectiveCost(cost));
}

function costsOf(request: QuotaRequest): Map<string, number> {
  const costs = new Map<string, number>();
  for (const [metric, cost] of request.metricCosts)
    costs.set(metric, (costs.get(metric) ?? 0) + effectiveCost(cost));
  return costs;
}

/** Source: espv2, esp: a cost of zero or less is sent as 1. */
function effectiveCost(cost: number): number {
  return cost <= 0 ? 1 : cost;
}

/** Method, consumer and the metric names in order; amounts and labels do not tell entries apart. */
function quotaKey(request: QuotaRequest, consumer: string): string {
  const names = request.metricCosts.map(([metric]) => metric).sort();
  return `${request.operationName}\0${consumer}\0${names.join('\0')}`;
}
