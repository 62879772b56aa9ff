import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atTurnEnd } from './turn-end.ts';

const immediate = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('atTurnEnd', () => {
  it('calls back in order, after the callbacks of this turn', async () => {
    const calls: string[] = [];
    atTurnEnd({ onTurnEnd: () => calls.push('first') });
    atTurnEnd({ onTurnEnd: () => calls.push('second') });
    process.nextTick(() => calls.push('tick'));
    await immediate();
    assert.deepEqual(calls, ['tick', 'first', 'second']);
  });

  it('takes a task that is added by another one to the next turn', async () => {
    let calls = 0;
    atTurnEnd({ onTurnEnd: () => atTurnEnd({ onTurnEnd: () => calls++ }) });
    await immediate();
    assert.equal(calls, 0);
    await immediate();
    assert.equal(calls, 1);
  });

  it('lets no more than 64 tasks wait', async () => {
    let calls = 0;
    for (let i = 0; i < 63; i++) atTurnEnd({ onTurnEnd: () => calls++ });
    assert.equal(calls, 0);
    atTurnEnd({ onTurnEnd: () => calls++ });
    assert.equal(calls, 64);
    atTurnEnd({ onTurnEnd: () => calls++ });
    await immediate();
    assert.equal(calls, 65);
  });
});
