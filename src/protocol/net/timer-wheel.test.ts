import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import { TimerWheel, WheelEntry } from './timer-wheel.ts';

class Probe extends WheelEntry {
  firedAtMs: number[] = [];
  action: (() => void) | undefined = undefined;
  readonly #wheel: TimerWheel;

  constructor(wheel: TimerWheel) {
    super();
    this.#wheel = wheel;
  }

  onTimer(): void {
    this.firedAtMs.push(this.#wheel.nowMs());
    this.action?.();
  }
}

function setUp(): { clock: ManualClock; wheel: TimerWheel; probe: () => Probe } {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  return { clock, wheel, probe: () => new Probe(wheel) };
}

describe('TimerWheel', () => {
  for (const delayMs of [0, 1, 19, 20, 21, 15_000, 20_480, 20_481, 300_000, 3_600_000])
    it(`fires ${delayMs} ms later, never early and at most a tick late`, () => {
      const { clock, wheel, probe } = setUp();
      clock.advance(7);
      const entry = probe();
      wheel.schedule(entry, delayMs);
      clock.advance(delayMs + 60);
      assert.equal(entry.firedAtMs.length, 1);
      const lateMs = (entry.firedAtMs[0] as number) - 7 - delayMs;
      assert.ok(lateMs >= 0 && lateMs <= 40, `late by ${lateMs}`);
    });

  it('does not fire what was cancelled', () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    wheel.schedule(entry, 100);
    wheel.cancel(entry);
    wheel.cancel(entry);
    clock.advance(1000);
    assert.deepEqual(entry.firedAtMs, []);
    assert.equal(wheel.size, 0);
  });

  it('moves an entry that is scheduled again', () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    wheel.schedule(entry, 100);
    wheel.schedule(entry, 500);
    clock.advance(400);
    assert.deepEqual(entry.firedAtMs, []);
    clock.advance(200);
    assert.equal(entry.firedAtMs.length, 1);
  });

  it('wakes for the earlier of two entries, whatever their order', () => {
    const { clock, wheel, probe } = setUp();
    const [late, early] = [probe(), probe()];
    wheel.schedule(late, 10_000);
    wheel.schedule(early, 100);
    clock.advance(200);
    assert.equal(early.firedAtMs.length, 1);
    assert.equal(late.firedAtMs.length, 0);
    clock.advance(10_000);
    assert.equal(late.firedAtMs.length, 1);
  });

  it('honours a cancel made by another callback of the same turn', () => {
    const { clock, wheel, probe } = setUp();
    const [first, second] = [probe(), probe()];
    first.action = () => wheel.cancel(second);
    wheel.schedule(first, 100);
    wheel.schedule(second, 100);
    clock.advance(200);
    assert.deepEqual([first.firedAtMs.length, second.firedAtMs.length], [1, 0]);
  });

  it('lets a callback schedule itself again', () => {
    const { clock, wheel, probe } = setUp();
    const entry = probe();
    entry.action = () => wheel.schedule(entry, 50);
    wheel.schedule(entry, 50);
    clock.advance(1000);
    assert.ok(entry.firedAtMs.length >= 10, String(entry.firedAtMs.length));
  });

  it('catches up after the process stood still for longer than a revolution', () => {
    const { clock, wheel, probe } = setUp();
    const entries = Array.from({ length: 50 }, probe);
    entries.forEach((entry, i) => wheel.schedule(entry, i * 700));
    clock.advance(1_000_000);
    assert.ok(entries.every((entry) => entry.firedAtMs.length === 1));
  });

  it('keeps no timer once nothing is scheduled', () => {
    const { clock, wheel, probe } = setUp();
    wheel.schedule(probe(), 100);
    clock.advance(200);
    assert.equal(clock.pendingTimers, 0);
  });
});
