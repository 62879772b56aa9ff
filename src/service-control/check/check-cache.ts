import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import type { CheckCacheLimits } from '../service-control-dialect.ts';
import type { CheckOutcome, CheckRequest } from '../service-controller.ts';
import { checkKey } from './check-key.ts';

/** An answer of Service Control is kept; an outcome made here because there was none is not. */
export interface CheckAnswer {
  readonly outcome: CheckOutcome;
  readonly isStorable: boolean;
}

/** Asks Service Control. `isRefresh`: nobody waits for it. Never rejects. */
export type AskCheck = (request: CheckRequest, isRefresh: boolean) => Promise<CheckAnswer>;

interface Entry {
  outcome: CheckOutcome;
  /** When it was answered, or when asking again last began. */
  askedAtMs: number;
  usedAtMs: number;
}

/** Distinct checks that may wait at once; more are turned away rather than queued without end. */
const maxPending = 10_000;

/**
 * Answers of Check, positive and negative alike, per {@link checkKey}. A hit is synchronous. An old entry stays in use
 * while it is asked for again, however long that fails, and goes only when nobody has looked at it for a while: a
 * control plane that is down changes nothing for known callers.
 *
 * Differs from ESPv2: concurrent misses of one key share a call, and no request waits for a refresh.
 */
export class CheckCache {
  readonly #limits: CheckCacheLimits;
  readonly #clock: Clock;
  readonly #entries: LRUCache<string, Entry>;
  readonly #pending = new Map<string, Promise<CheckOutcome>>();

  constructor(limits: CheckCacheLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#entries = new LRUCache({ max: Math.max(1, limits.maxEntries) });
  }

  /** Entries held. */
  get size(): number {
    return this.#entries.size;
  }

  /** The cached outcome, or what `ask` says; `overloaded` when too many wait already. */
  check(
    request: CheckRequest,
    ask: AskCheck,
    overloaded: CheckOutcome,
  ): CheckOutcome | Promise<CheckOutcome> {
    const key = checkKey(request);
    const nowMs = this.#clock.monotonicMs();
    const entry = this.#entries.get(key);
    if (entry !== undefined && nowMs - entry.usedAtMs < this.#limits.expirationMs) {
      entry.usedAtMs = nowMs;
      if (nowMs - entry.askedAtMs >= this.#limits.refreshMs) {
        // Set first, so that a failure or a slow answer does not bring a second call before the next interval.
        entry.askedAtMs = nowMs;
        void this.#refresh(key, request, ask);
      }
      return entry.outcome;
    }
    return this.#pending.get(key) ?? this.#miss(key, request, ask, overloaded);
  }

  /** Forgets everything; calls under way are not stored any more. */
  clear(): void {
    this.#entries.clear();
    this.#pending.clear();
  }

  #miss(
    key: string,
    request: CheckRequest,
    ask: AskCheck,
    overloaded: CheckOutcome,
  ): CheckOutcome | Promise<CheckOutcome> {
    if (this.#pending.size >= maxPending) return overloaded;
    const pending = ask(request, false).then((answer) => {
      if (this.#pending.get(key) === pending) {
        this.#pending.delete(key);
        if (answer.isStorable && this.#limits.maxEntries > 0) this.#store(key, answer.outcome);
      }
      return answer.outcome;
    });
    this.#pending.set(key, pending);
    return pending;
  }

  async #refresh(key: string, request: CheckRequest, ask: AskCheck): Promise<void> {
    const answer = await ask(request, true);
    const entry = this.#entries.peek(key);
    if (entry === undefined || !answer.isStorable) return;
    entry.outcome = answer.outcome;
    entry.askedAtMs = this.#clock.monotonicMs();
  }

  #store(key: string, outcome: CheckOutcome): void {
    const nowMs = this.#clock.monotonicMs();
    this.#entries.set(key, { outcome, askedAtMs: nowMs, usedAtMs: nowMs });
  }
}
