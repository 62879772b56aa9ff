import type { Clock, Timer } from '../../core/clock.ts';

/** Milliseconds between two turns of the wheel: how late a timer may fire. */
const defaultTickMs = 20;
/** Slots of the wheel; a timer further away than `slots × tick` waits for another revolution in its slot. */
const slotCount = 1024;

/**
 * Something with one deadline. It is its own list node, so that scheduling allocates nothing; the `wheel…` fields
 * belong to {@link TimerWheel}.
 */
export abstract class WheelEntry {
  wheelNext: WheelEntry | undefined = undefined;
  wheelPrevious: WheelEntry | undefined = undefined;
  /** Tick at which it is due; -1 while not scheduled. */
  wheelTick = -1;

  /** The time is up. The entry is no longer scheduled; it may schedule itself again. */
  abstract onTimer(): void;
}

/** List heads; their `onTimer` is never called. */
class Slot extends WheelEntry {
  onTimer(): void {
    throw new TypeError('a slot has no deadline');
  }
}

/**
 * Many deadlines, one timer: made for per-request limits that nearly never fire. Scheduling and cancelling are O(1)
 * list operations. A timer never fires early and at most one tick late. Nothing runs while nothing is scheduled.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #slots: Slot[] = [];
  #size = 0;
  /** Everything due up to this tick has fired. */
  #currentTick = 0;
  #wakeTick = -1;
  #timer: Timer | undefined = undefined;

  /** @param options.tickMs resolution in milliseconds, default 20. */
  constructor(clock: Clock, options: { tickMs?: number } = {}) {
    this.#clock = clock;
    this.#tickMs = options.tickMs ?? defaultTickMs;
    for (let i = 0; i < slotCount; i++) this.#slots.push(emptySlot());
  }

  /** Scheduled entries. */
  get size(): number {
    return this.#size;
  }

  /** Monotonic milliseconds, as {@link Clock.monotonicMs}. */
  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Lets `entry` fire `delayMs` from now, instead of whatever it was scheduled for. */
  schedule(entry: WheelEntry, delayMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.scheduleAt(entry, nowMs + delayMs, nowMs);
  }

  /** As {@link schedule}, for a caller who knows the time: both in monotonic milliseconds. */
  scheduleAt(entry: WheelEntry, dueAtMs: number, nowMs: number): void {
    if (entry.wheelTick >= 0) this.#unlink(entry);
    if (this.#size === 0) this.#currentTick = Math.floor(nowMs / this.#tickMs);
    const tick = Math.max(Math.ceil(dueAtMs / this.#tickMs), this.#currentTick + 1);
    this.#link(entry, tick);
    if (this.#wakeTick < 0 || tick < this.#wakeTick) this.#wakeAt(tick, nowMs);
  }

  /** Forgets `entry`; harmless when it is not scheduled. */
  cancel(entry: WheelEntry): void {
    if (entry.wheelTick >= 0) this.#unlink(entry);
  }

  #link(entry: WheelEntry, tick: number): void {
    const slot = this.#slots[tick % slotCount] as Slot;
    const last = slot.wheelPrevious as WheelEntry;
    entry.wheelTick = tick;
    entry.wheelPrevious = last;
    entry.wheelNext = slot;
    last.wheelNext = entry;
    slot.wheelPrevious = entry;
    this.#size++;
  }

  #unlink(entry: WheelEntry): void {
    const { wheelNext: next, wheelPrevious: previous } = entry as Required<WheelEntry>;
    (previous as WheelEntry).wheelNext = next;
    (next as WheelEntry).wheelPrevious = previous;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
    entry.wheelTick = -1;
    this.#size--;
  }

  #wakeAt(tick: number, nowMs: number): void {
    this.#timer?.cancel();
    this.#wakeTick = tick;
    this.#timer = this.#clock.setTimer(Math.max(0, tick * this.#tickMs - nowMs), this.#turn);
  }

  readonly #turn = (): void => {
    this.#timer = undefined;
    this.#wakeTick = -1;
    const nowTick = Math.floor(this.#clock.monotonicMs() / this.#tickMs);
    const slotsToVisit = Math.min(nowTick - this.#currentTick, slotCount);
    const firstTick = nowTick - slotsToVisit + 1;
    this.#currentTick = nowTick;
    for (let i = 0; i < slotsToVisit; i++)
      this.#fire(this.#slots[(firstTick + i) % slotCount] as Slot, nowTick);
    if (this.#size === 0) return;
    // A callback may have armed the timer already, but for something later than what still waits.
    const next = this.#nextOccupied();
    if (this.#wakeTick < 0 || next < this.#wakeTick) this.#wakeAt(next, this.#clock.monotonicMs());
  };

  #nextOccupied(): number {
    for (let tick = this.#currentTick + 1; tick < this.#currentTick + slotCount; tick++) {
      const slot = this.#slots[tick % slotCount] as Slot;
      if (slot.wheelNext !== slot) return tick;
    }
    return this.#currentTick + slotCount;
  }

  #fire(slot: Slot, nowTick: number): void {
    // Collected first: callbacks change the list.
    const due: WheelEntry[] = [];
    for (let entry = slot.wheelNext as WheelEntry; entry !== slot; entry = entry.wheelNext as WheelEntry)
      if (entry.wheelTick <= nowTick) due.push(entry);
    for (const entry of due) {
      if (entry.wheelTick < 0 || entry.wheelTick > nowTick) continue;
      this.#unlink(entry);
      entry.onTimer();
    }
  }
}

function emptySlot(): Slot {
  const slot = new Slot();
  slot.wheelNext = slot;
  slot.wheelPrevious = slot;
  return slot;
}
