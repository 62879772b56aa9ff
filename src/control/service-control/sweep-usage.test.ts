import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { LogEntrySchema } from '../../gen/google/logging/v2/log_entry_pb.ts';
import { sweepUsage } from './sweep-usage.ts';
import { openControl } from './testing/control-fixture.ts';

const dayMs = 24 * 3_600_000;

describe('sweepUsage', () => {
  it('forgets log entries after their time', async (context) => {
    const { store, clock } = await openControl(context);
    const entry = create(LogEntrySchema, { logName: 'l' });
    const record = { projectId: 'p', serviceName: '', method: '', entry };
    const nowMs = clock.nowMs();
    await store.logs.append([
      { ...record, timestampMs: nowMs - 11 * dayMs },
      { ...record, timestampMs: nowMs - 9 * dayMs },
    ]);
    const removed = await sweepUsage({ logsMs: 10 * dayMs }).remove(store, nowMs);
    assert.deepEqual(removed, { logs: 1, usage: 0, quotaCounters: 0 });
    const { records } = await store.logs.list({ projectIds: ['p'] }, { limit: 10 });
    assert.deepEqual(
      records.map(({ timestampMs }) => timestampMs),
      [nowMs - 9 * dayMs],
    );
  });

  it('forgets counters of quota when no window can be open any more', async (context) => {
    const { store, clock } = await openControl(context);
    const nowMs = clock.nowMs();
    const key = { serviceName: 's', projectNumber: '1', metric: 'm', windowMs: dayMs };
    await store.quota.spend({ ...key, windowStartMs: nowMs - 3 * dayMs }, 1);
    await store.quota.spend({ ...key, windowStartMs: nowMs - dayMs }, 1);
    assert.equal((await sweepUsage().remove(store, nowMs))['quotaCounters'], 1);
    assert.equal(await store.quota.spent({ ...key, windowStartMs: nowMs - dayMs }), 1);
  });
});
