import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { createCounters, type ServiceControlCounters } from '../counters.ts';
import { ReportQueue, type SendResult } from './report-queue.ts';

const report = (id: number) => ({ body: new Uint8Array(100).fill(id), operations: 2 });
const limits = { maxBytes: 350, maxInFlight: 1, backoffMs: 5000, maxBackoffMs: 12_000 };

describe('ReportQueue', () => {
  let clock: ManualClock;
  let counters: ServiceControlCounters;
  let sent: number[];
  let answers: Array<(result: SendResult) => void>;
  let queue: ReportQueue;

  beforeEach(() => {
    clock = new ManualClock();
    counters = createCounters();
    sent = [];
    answers = [];
    queue = new ReportQueue({
      limits,
      clock,
      counters,
      logger: silentLogger,
      send: ({ body }) => {
        sent.push(body[0] ?? -1);
        return new Promise((resolve) => answers.push(resolve));
      },
    });
  });

  const answer = async (result: SendResult): Promise<void> => {
    answers.shift()?.(result);
    await new Promise((resolve) => setImmediate(resolve));
  };

  it('sends in order, no more at once than allowed', async () => {
    queue.push(report(1));
    queue.push(report(2));
    assert.deepEqual(sent, [1]);
    await answer('sent');
    assert.deepEqual(sent, [1, 2]);
  });

  it('sends again what could not be delivered, first and after a pause', async () => {
    queue.push(report(1));
    queue.push(report(2));
    await answer('retryLater');
    assert.deepEqual(sent, [1]);
    clock.advance(5000);
    assert.deepEqual(sent, [1, 1]);
  });

  it('doubles the pause up to its limit and starts over after a success', async () => {
    queue.push(report(1));
    for (const pauseMs of [5000, 10_000, 12_000, 12_000]) {
      await answer('retryLater');
      const before = sent.length;
      clock.advance(pauseMs - 1);
      assert.equal(sent.length, before);
      clock.advance(1);
      assert.equal(sent.length, before + 1);
    }
    await answer('sent');
    queue.push(report(2));
    await answer('retryLater');
    clock.advance(5000);
    assert.equal(sent.at(-1), 2);
  });

  it('drops the oldest beyond its bytes and counts their operations', async () => {
    for (let id = 1; id <= 6; id++) queue.push(report(id));
    // One is under way, three fit.
    assert.equal(counters.droppedReports, 4);
    await answer('sent');
    assert.deepEqual(sent, [1, 4]);
  });

  it('gives up what is refused', async () => {
    queue.push(report(1));
    queue.push(report(2));
    await answer('refused');
    assert.deepEqual([sent, counters.droppedReports], [[1, 2], 2]);
  });

  it('closes when everything is sent', async () => {
    queue.push(report(1));
    const closing = queue.close(60_000);
    await answer('sent');
    await closing;
    assert.equal(counters.droppedReports, 0);
  });

  it('closes after its time and counts what is lost', async () => {
    queue.push(report(1));
    queue.push(report(2));
    const closing = queue.close(1000);
    clock.advance(1000);
    await closing;
    assert.equal(counters.droppedReports, 4);
  });

  it('does not wait out a pause when it closes', async () => {
    queue.push(report(1));
    await answer('retryLater');
    const closing = queue.close(1000);
    assert.deepEqual(sent, [1, 1]);
    await answer('sent');
    await closing;
  });
});
