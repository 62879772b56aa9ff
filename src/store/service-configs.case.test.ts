import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { anyPack, EmptySchema } from '@bufbuild/protobuf/wkt';
import { ServiceSchema } from '../gen/google/api/service_pb.ts';
import { SourceInfoSchema } from '../gen/google/api/source_info_pb.ts';
import type { ServiceConfigRecord } from './service-configs.ts';
import type { Store } from './store.ts';
import { forEachStore } from './test-stores.ts';

const serviceName = 'a.example';

forEachStore('service configs', (open) => {
  test('keeps a config and its sources apart', async (context) => {
    const { serviceConfigs } = await withService(await open(context));
    const sources = create(SourceInfoSchema, { sourceFiles: [anyPack(EmptySchema, create(EmptySchema))] });
    assert.equal(await serviceConfigs.insert(config('c1'), sources), true);
    assert.deepEqual(await serviceConfigs.get(serviceName, 'c1'), config('c1'));
    assert.deepEqual(await serviceConfigs.getSources(serviceName, 'c1'), sources);
    await serviceConfigs.insert(config('c2'));
    assert.equal(await serviceConfigs.getSources(serviceName, 'c2'), undefined);
    assert.equal(await serviceConfigs.get(serviceName, 'c3'), undefined);
  });

  test('refuses an id that the service has', async (context) => {
    const { serviceConfigs } = await withService(await open(context));
    await serviceConfigs.insert(config('c1'));
    assert.equal(await serviceConfigs.insert(config('c1')), false);
  });

  test('lists the newest first, whatever the ids', async (context) => {
    const { serviceConfigs } = await withService(await open(context));
    for (const id of ['b', 'c', 'a']) await serviceConfigs.insert(config(id));
    assert.equal((await serviceConfigs.latest(serviceName))?.configId, 'a');
    const first = await serviceConfigs.list(serviceName, { limit: 2 });
    assert.deepEqual(ids(first.records), ['a', 'c']);
    assert.ok(first.next !== undefined);
    const second = await serviceConfigs.list(serviceName, { limit: 2, after: first.next });
    assert.deepEqual(second, { records: [config('b')] });
  });

  test('counts the ids of a day from 0 and goes on after the highest', async (context) => {
    const { serviceConfigs } = await withService(await open(context));
    assert.equal(await serviceConfigs.nextCounter(serviceName, '2026-01-31'), 0);
    for (const id of ['2026-01-31r0', '2026-01-31r10', '2026-01-31r9', '2026-02-01r40', 'mine'])
      await serviceConfigs.insert(config(id));
    assert.equal(await serviceConfigs.nextCounter(serviceName, '2026-01-31'), 11);
    assert.equal(await serviceConfigs.nextCounter('b.example', '2026-01-31'), 0);
  });

  test('prunes all but the newest and those referenced', async (context) => {
    const { serviceConfigs } = await withService(await open(context));
    for (const id of ['a', 'b', 'c', 'd']) await serviceConfigs.insert(config(id));
    assert.equal(await serviceConfigs.prune(serviceName, 2, ['a']), 1);
    assert.deepEqual(ids((await serviceConfigs.list(serviceName, { limit: 9 })).records), ['d', 'c', 'a']);
    assert.equal(await serviceConfigs.prune(serviceName, 2, []), 1);
  });

  test('goes with its service', async (context) => {
    const store = await withService(await open(context));
    await store.serviceConfigs.insert(config('a'));
    await store.managedServices.purge(serviceName);
    assert.equal(await store.serviceConfigs.get(serviceName, 'a'), undefined);
  });
});

async function withService(store: Store): Promise<Store> {
  await store.managedServices.insert({ serviceName, producerProjectId: 'p', createdAtMs: 5 });
  return store;
}

function config(configId: string): ServiceConfigRecord {
  return { serviceName, configId, createdAtMs: 5, service: create(ServiceSchema, { id: configId }) };
}

function ids(records: readonly ServiceConfigRecord[]): string[] {
  return records.map((record) => record.configId);
}
