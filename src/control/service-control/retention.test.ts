import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { LogEntrySchema } from '../../gen/google/logging/v2/log_entry_pb.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { startRetention } from './retention.ts';
import { openControl } from './testing/control-fixture.ts';

const dayMs = 24 * 3_600_000;

describe('startRetention', () => {
  it('forgets log entries after their time', async (context) => {
    const { store, clock } = await openControl(context);
    const retention = startRetention(store, { clock, logger: silentLogger }, { logsMs: 10 * dayMs });
    const entry = create(LogEntrySchema, { logName: 'l' });
    const record = { projectId: 'p', serviceName: '', method: '', entry };
    const nowMs = clock.nowMs();
    await store.logs.append([
      { ...record, timestampMs: nowMs - 11 * dayMs },
      { ...record, timestampMs: nowMs - 9 * dayMs },
    ]);
    clock.advance(600_000);
    await retention.close();
    const { records } = await store.logs.list({ projectIds: ['p'] }, { limit: 10 });
    assert.deepEqual(
      records.map(({ timestampMs }) => timestampMs),
      [nowMs - 9 * dayMs],
    );
  });

  it('goes on after a failure', async (context) => {
    const { store, clock } = await openControl(context);
    let calls = 0;
    const logs = {
      ...store.logs,
      prune: () => {
        calls++;
        return Promise.reject(new Error('disk full'));
      },
    };
    const retention = startRetention({ ...store, logs }, { clock, logger: silentLogger });
    clock.advance(600_000);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(600_000);
    await retention.close();
    assert.equal(calls, 2);
  });

  it('stops when it is closed', async (context) => {
    const { store, clock } = await openControl(context);
    const retention = startRetention(store, { clock, logger: silentLogger });
    await retention.close();
    assert.equal(clock.pendingTimers, 0);
  });
});
