import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import type { CheckOutcome, CheckRequest } from '../service-controller.ts';
import { CheckCache, type CheckAnswer } from './check-cache.ts';
import { unknownConsumer } from './check-outcome.ts';

const request: CheckRequest = {
  operationName: 'M',
  apiKey: 'k',
  callerIp: '192.0.2.1',
  referer: '',
  androidPackageName: '',
  androidCertFingerprint: '',
  iosBundleId: '',
};
const allowed: CheckOutcome = { kind: 'allowed', consumer: unknownConsumer, failedOpen: false };
const denied: CheckOutcome = {
  kind: 'denied',
  code: 'API_KEY_INVALID',
  detail: '',
  consumer: unknownConsumer,
};
const down: CheckOutcome = { kind: 'unavailable', httpStatus: 503, message: 'down' };
const limits = { maxEntries: 3, refreshMs: 60_000, expirationMs: 300_000 };

/** A Service Control whose answers the test gives by hand. */
class Asked {
  readonly calls: Array<{ isRefresh: boolean; answer: (answer: CheckAnswer) => void }> = [];

  readonly ask = (_request: CheckRequest, isRefresh: boolean): Promise<CheckAnswer> =>
    new Promise((resolve) => this.calls.push({ isRefresh, answer: resolve }));

  async answer(outcome: CheckOutcome): Promise<void> {
    const call = this.calls.at(-1);
    call?.answer({ outcome, isStorable: outcome.kind !== 'unavailable' });
    // The cache stores when the promise's reactions run.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('CheckCache', () => {
  let clock: ManualClock;
  let cache: CheckCache;
  let asked: Asked;

  beforeEach(() => {
    clock = new ManualClock();
    cache = new CheckCache(limits, clock);
    asked = new Asked();
  });

  const check = (changes: Partial<CheckRequest> = {}): CheckOutcome | Promise<CheckOutcome> =>
    cache.check({ ...request, ...changes }, asked.ask, down);
  const fill = async (outcome: CheckOutcome, changes: Partial<CheckRequest> = {}): Promise<void> => {
    const pending = check(changes);
    await asked.answer(outcome);
    await pending;
  };

  for (const outcome of [allowed, denied])
    it(`keeps an answer that is ${outcome.kind}`, async () => {
      await fill(outcome);
      assert.equal(check(), outcome);
      assert.equal(asked.calls.length, 1);
    });

  it('lets concurrent misses of one key share a call', async () => {
    const both = [check(), check()];
    await asked.answer(allowed);
    assert.deepEqual(await Promise.all(both), [allowed, allowed]);
    assert.equal(asked.calls.length, 1);
  });

  it('does not keep a failure', async () => {
    await fill(down);
    assert.equal(check() instanceof Promise, true);
    assert.equal(asked.calls.length, 2);
  });

  for (const changes of [
    { operationName: 'N' },
    { apiKey: 'other' },
    { callerIp: '192.0.2.2' },
    { referer: 'https://example.com/' },
    { androidPackageName: 'p' },
    { androidCertFingerprint: 'f' },
    { iosBundleId: 'b' },
  ])
    it(`asks apart by ${Object.keys(changes)[0]}`, async () => {
      await fill(allowed);
      assert.equal(check(changes) instanceof Promise, true);
    });

  it('does not take one attribute for its neighbour', async () => {
    await fill(allowed, { androidPackageName: 'x', androidCertFingerprint: '' });
    assert.equal(check({ androidPackageName: '', androidCertFingerprint: 'x' }) instanceof Promise, true);
  });

  it('serves an old answer and asks again behind it', async () => {
    await fill(allowed);
    clock.advance(60_000);
    assert.equal(check(), allowed);
    assert.equal(asked.calls[1]?.isRefresh, true);
    await asked.answer(denied);
    assert.equal(check(), denied);
  });

  it('asks again once an interval, however many ask', async () => {
    await fill(allowed);
    clock.advance(60_000);
    check();
    check();
    clock.advance(59_999);
    check();
    assert.equal(asked.calls.length, 2);
  });

  it('does not ask again before its time', async () => {
    await fill(allowed);
    clock.advance(59_999);
    check();
    assert.equal(asked.calls.length, 1);
  });

  it('keeps serving a known caller while refreshing fails', async () => {
    await fill(allowed);
    for (let minute = 0; minute < 120; minute++) {
      clock.advance(60_000);
      assert.equal(check(), allowed);
      await asked.answer(down);
    }
  });

  it('forgets what nobody looked at', async () => {
    await fill(allowed);
    clock.advance(300_000);
    assert.equal(check() instanceof Promise, true);
  });

  it('holds no more than its limit, dropping what was used longest ago', async () => {
    for (const apiKey of ['a', 'b', 'c']) await fill(allowed, { apiKey });
    check({ apiKey: 'a' });
    await fill(allowed, { apiKey: 'd' });
    assert.equal(cache.size, 3);
    assert.equal(check({ apiKey: 'a' }), allowed);
    assert.equal(check({ apiKey: 'b' }) instanceof Promise, true);
  });

  it('keeps nothing when it may hold nothing', async () => {
    cache = new CheckCache({ ...limits, maxEntries: 0 }, clock);
    await fill(allowed);
    assert.equal(check() instanceof Promise, true);
  });

  it('turns checks away when too many wait', () => {
    for (let i = 0; i < 10_000; i++) check({ apiKey: String(i) });
    assert.equal(check({ apiKey: 'one more' }), down);
    assert.equal(check({ apiKey: '0' }) instanceof Promise, true);
  });

  it('does not store an answer that comes after it was cleared', async () => {
    const pending = check();
    cache.clear();
    await asked.answer(allowed);
    assert.equal(await pending, allowed);
    assert.equal(cache.size, 0);
  });
});
