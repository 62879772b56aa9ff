import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { ManualClock } from './manual-clock.ts';
import { createTurnClock } from './turn-clock.ts';

describe('createTurnClock', () => {
  it('stands still within a turn of the event loop', () => {
    const machine = new ManualClock();
    const clock = createTurnClock(machine);
    const before = [clock.nowMs(), clock.monotonicMs()];
    machine.advance(5);
    assert.deepEqual([clock.nowMs(), clock.monotonicMs()], before);
  });

  it('has gone on in the next turn', async () => {
    const machine = new ManualClock();
    const clock = createTurnClock(machine);
    const before = [clock.nowMs(), clock.monotonicMs()];
    machine.advance(5);
    await turnEnd();
    assert.deepEqual(
      [clock.nowMs(), clock.monotonicMs()],
      before.map((ms) => ms + 5),
    );
  });

  it('lets timers run on the clock below', () => {
    const machine = new ManualClock();
    let fired = 0;
    createTurnClock(machine).setTimer(10, () => fired++);
    machine.advance(10);
    assert.equal(fired, 1);
  });
});
