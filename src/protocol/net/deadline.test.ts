import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import { TimerWheel } from './timer-wheel.ts';
import { Deadline } from './deadline.ts';

const tickMs = 20;

function setUp(): { clock: ManualClock; wheel: TimerWheel; deadline: Deadline; firedAtMs: number[] } {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock, { tickMs });
  const firedAtMs: number[] = [];
  return {
    clock,
    wheel,
    firedAtMs,
    deadline: new Deadline(wheel, () => firedAtMs.push(clock.monotonicMs())),
  };
}

describe('Deadline', () => {
  it('fires once, when it was set for', () => {
    const { clock, deadline, firedAtMs } = setUp();
    deadline.set(1000);
    clock.advance(10_000);
    assert.equal(firedAtMs.length, 1);
    assert.ok((firedAtMs[0] ?? 0) >= 1000 && (firedAtMs[0] ?? 0) <= 1000 + 2 * tickMs);
  });

  it('moves later without touching the wheel, and fires at the later time', () => {
    const { clock, deadline, firedAtMs } = setUp();
    deadline.set(1000);
    const tick = deadline.wheelTick;
    clock.advance(900);
    deadline.set(1000);
    assert.equal(deadline.wheelTick, tick);
    clock.advance(900);
    assert.deepEqual(firedAtMs, []);
    clock.advance(200);
    assert.equal(firedAtMs.length, 1);
  });

  it('moves earlier', () => {
    const { clock, deadline, firedAtMs } = setUp();
    deadline.set(10_000);
    deadline.set(100);
    clock.advance(150);
    assert.equal(firedAtMs.length, 1);
  });

  it('forgets what it was set for, also by 0', () => {
    for (const forget of [
      (deadline: Deadline) => deadline.clear(),
      (deadline: Deadline) => deadline.set(0),
    ]) {
      const { clock, deadline, firedAtMs } = setUp();
      deadline.set(100);
      forget(deadline);
      clock.advance(1000);
      assert.deepEqual(firedAtMs, []);
    }
  });

  it('leaves the wheel when closed', () => {
    const { wheel, deadline } = setUp();
    deadline.set(100);
    deadline.close();
    assert.equal(wheel.size, 0);
  });
});
