import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { EmptySchema, anyPack } from '@bufbuild/protobuf/wkt';
import { OperationSchema } from '../gen/google/longrunning/operations_pb.ts';
import { operationStatus } from './operations.ts';
import type { OperationRecord } from './operations.ts';
import { forEachStore } from './test-stores.ts';

const filter = { api: 'servicemanagement', resource: 'services/s' } as const;

forEachStore('operations', (open) => {
  test('keeps an operation as it is', async (context) => {
    const { operations } = await open(context);
    const record = operation('operations/a', 1);
    assert.equal(await operations.insert(record), true);
    assert.equal(await operations.insert(record), false);
    assert.deepEqual(await operations.get('operations/a'), record);
    assert.equal(await operations.get('operations/b'), undefined);
  });

  test('updates the message', async (context) => {
    const { operations } = await open(context);
    const running = create(OperationSchema, { name: 'operations/a' });
    await operations.insert({ ...operation('operations/a', 1), operation: running });
    const done = operation('operations/a', 1).operation;
    assert.equal(await operations.update('operations/a', done), true);
    assert.equal(await operations.update('operations/b', done), false);
    const page = await operations.list({ ...filter, statuses: ['done'] }, { limit: 5 });
    assert.deepEqual(
      page.records.map((record) => record.operation.done),
      [true],
    );
  });

  test('pages newest first, those of one time by name', async (context) => {
    const { operations } = await open(context);
    for (const [name, ms] of [
      ['a', 1],
      ['b', 2],
      ['c', 2],
      ['d', 3],
    ] as const)
      await operations.insert(operation(name, ms));
    await operations.insert({ ...operation('other', 9), resource: 'services/t' });
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = await operations.list(filter, { limit: 1, ...(after === undefined ? {} : { after }) });
      names.push(...page.records.map((record) => record.name));
      after = page.next;
    } while (after !== undefined);
    assert.deepEqual(names, ['d', 'c', 'b', 'a']);
  });

  test('filters by status and by start', async (context) => {
    const { operations } = await open(context);
    await operations.insert(operation('done', 1));
    const running = create(OperationSchema, { name: 'x' });
    await operations.insert({ ...operation('old', 2), operation: running });
    await operations.insert({ ...operation('new', 9), operation: running });
    const failed = create(OperationSchema, { done: true, result: { case: 'error', value: { code: 3 } } });
    await operations.insert({ ...operation('failed', 3), operation: failed });
    const names = async (more: object): Promise<string[]> =>
      (await operations.list({ ...filter, ...more }, { limit: 9 })).records.map((record) => record.name);
    assert.deepEqual(await names({ statuses: ['in_progress'] }), ['new', 'old']);
    assert.deepEqual(await names({ statuses: ['failed', 'done'] }), ['failed', 'done']);
    assert.deepEqual(await names({ doneOrStartedSinceMs: 5 }), ['new', 'failed', 'done']);
    assert.equal(operationStatus(failed), 'failed');
  });

  test('counts by the beginning of the name', async (context) => {
    const { operations } = await open(context);
    for (const name of ['operations/services.s-0', 'operations/services.s-1', 'operations/rollouts.s:1'])
      await operations.insert(operation(name, 1));
    assert.equal(await operations.count('servicemanagement', 'services/s', 'operations/services.s-'), 2);
  });

  test('prunes what has ended before then', async (context) => {
    const { operations } = await open(context);
    await operations.insert(operation('old', 1));
    await operations.insert({ ...operation('running', 1), operation: create(OperationSchema) });
    await operations.insert(operation('new', 5));
    assert.equal(await operations.prune(5), 1);
    assert.equal(await operations.get('old'), undefined);
    assert.notEqual(await operations.get('running'), undefined);
  });
});

function operation(name: string, startedAtMs: number): OperationRecord {
  const value = anyPack(EmptySchema, create(EmptySchema));
  return {
    name,
    ...filter,
    startedAtMs,
    operation: create(OperationSchema, { name, done: true, result: { case: 'response', value } }),
  };
}
