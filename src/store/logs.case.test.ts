import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { LogEntrySchema } from '../gen/google/logging/v2/log_entry_pb.ts';
import { LogSeverity } from '../gen/google/logging/type/log_severity_pb.ts';
import type { LogQuery, LogRecord } from './logs.ts';
import { forEachStore } from './test-stores.ts';

function record(id: string, timestampMs: number, changes: Partial<LogRecord> = {}): LogRecord {
  return {
    projectId: 'p',
    serviceName: 's',
    method: 'M',
    timestampMs,
    entry: create(LogEntrySchema, {
      logName: 'projects/p/logs/s%2Fendpoints_log',
      insertId: id,
      severity: id === 'error' ? LogSeverity.ERROR : LogSeverity.INFO,
      timestamp: timestampFromMs(timestampMs),
      payload: { case: 'jsonPayload', value: { api_method: 'M' } },
    }),
    ...changes,
  };
}

const all: LogQuery = { projectIds: ['p'] };

forEachStore('logs', (open) => {
  const ids = (records: readonly LogRecord[]): string[] => records.map(({ entry }) => entry.insertId);

  test('returns entries as they came', async (context) => {
    const { logs } = await open(context);
    await logs.append([record('a', 1000)]);
    const { records } = await logs.list(all, { limit: 10 });
    assert.deepEqual(records, [record('a', 1000)]);
  });

  test('orders by time and, within a millisecond, by arrival', async (context) => {
    const { logs } = await open(context);
    await logs.append([record('b', 2000), record('a', 1000), record('c', 2000)]);
    assert.deepEqual(ids((await logs.list(all, { limit: 10 })).records), ['a', 'b', 'c']);
    assert.deepEqual(ids((await logs.list({ ...all, newestFirst: true }, { limit: 10 })).records), [
      'c',
      'b',
      'a',
    ]);
  });

  for (const newestFirst of [false, true])
    test(`pages without loss or repetition, newestFirst ${newestFirst}`, async (context) => {
      const { logs } = await open(context);
      await logs.append([record('a', 1), record('b', 1), record('c', 1), record('d', 2), record('e', 2)]);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await logs.list(
          { ...all, newestFirst },
          after === undefined ? { limit: 2 } : { limit: 2, after },
        );
        seen.push(...ids(page.records));
        after = page.next;
      } while (after !== undefined);
      assert.deepEqual(newestFirst ? seen.toReversed() : seen, ['a', 'b', 'c', 'd', 'e']);
    });

  for (const [query, expected] of [
    [{ projectIds: ['q'] }, ['other']],
    [{ logNames: ['projects/p/logs/s%2Fendpoints_log'] }, ['a', 'error']],
    [{ logNames: ['projects/p/logs/none'] }, []],
    [{ serviceName: 't' }, []],
    [{ method: 'N' }, ['error']],
    [{ minSeverity: LogSeverity.ERROR }, ['error']],
    [{ fromMs: 2000 }, ['error']],
    [{ untilMs: 2000 }, ['a']],
  ] as const)
    test(`selects by ${JSON.stringify(query)}`, async (context) => {
      const { logs } = await open(context);
      await logs.append([
        record('a', 1000),
        record('error', 2000, { method: 'N' }),
        record('other', 1, { projectId: 'q' }),
      ]);
      assert.deepEqual(ids((await logs.list({ ...all, ...query }, { limit: 10 })).records), expected);
    });

  test('lists the logs of a project', async (context) => {
    const { logs } = await open(context);
    await logs.append([record('a', 1), record('b', 2)]);
    assert.deepEqual(await logs.listLogNames('p'), ['projects/p/logs/s%2Fendpoints_log']);
  });

  test('forgets what is too old and what is too much', async (context) => {
    const { logs } = await open(context);
    await logs.append([1, 2, 3, 4, 5].map((ms) => record(String(ms), ms)));
    assert.equal(await logs.prune(2, 3), 2);
    assert.deepEqual(ids((await logs.list(all, { limit: 10 })).records), ['3', '4', '5']);
  });
});
