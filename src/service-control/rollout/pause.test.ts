import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import { pause } from './pause.ts';

describe('pause', () => {
  it('ends after its time', async () => {
    const clock = new ManualClock();
    const pending = pause(clock, 1000);
    clock.advance(1000);
    await pending;
    assert.equal(clock.pendingTimers, 0);
  });

  it('ends when the signal aborts', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const pending = pause(clock, 1000, abort.signal);
    abort.abort();
    await pending;
    assert.equal(clock.pendingTimers, 0);
  });

  it('does not begin under a signal that has aborted', async () => {
    const clock = new ManualClock();
    await pause(clock, 1000, AbortSignal.abort());
    assert.equal(clock.pendingTimers, 0);
  });
});
