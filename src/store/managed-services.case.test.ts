import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedServiceRecord } from './managed-services.ts';
import { forEachStore } from './test-stores.ts';

forEachStore('managed services', (open) => {
  test('refuses a name that is taken, be it by a deleted service', async (context) => {
    const { managedServices } = await open(context);
    assert.equal(await managedServices.insert(service('a.example', 'p')), true);
    await managedServices.setDeleted('a.example', 7);
    assert.equal(await managedServices.insert(service('a.example', 'q')), false);
    assert.deepEqual(await managedServices.get('a.example'), {
      ...service('a.example', 'p'),
      deletedAtMs: 7,
    });
  });

  test('lists and counts what is not deleted, by name and project', async (context) => {
    const { managedServices } = await open(context);
    for (const [name, project] of [
      ['c.example', 'p'],
      ['a.example', 'p'],
      ['b.example', 'q'],
      ['d.example', 'p'],
    ] as const)
      await managedServices.insert(service(name, project));
    await managedServices.setDeleted('d.example', 7);
    const first = await managedServices.list({ limit: 2 });
    assert.deepEqual(first, {
      records: [service('a.example', 'p'), service('b.example', 'q')],
      next: 'b.example',
    });
    assert.deepEqual(await managedServices.list({ limit: 2, after: 'b.example' }), {
      records: [service('c.example', 'p')],
    });
    assert.deepEqual(await managedServices.list({ limit: 5, producerProjectId: 'q' }), {
      records: [service('b.example', 'q')],
    });
    assert.equal(await managedServices.count('p'), 2);
  });

  test('takes a deletion back', async (context) => {
    const { managedServices } = await open(context);
    await managedServices.insert(service('a.example', 'p'));
    assert.equal(await managedServices.setDeleted('a.example', 7), true);
    assert.equal(await managedServices.setDeleted('a.example', undefined), true);
    assert.deepEqual(await managedServices.get('a.example'), service('a.example', 'p'));
    assert.equal(await managedServices.setDeleted('b.example', 7), false);
  });

  test('names those deleted before a time, longest first', async (context) => {
    const { managedServices } = await open(context);
    for (const [name, deletedAtMs] of [
      ['a.example', 30],
      ['b.example', 10],
      ['c.example', 20],
      ['d.example', undefined],
    ] as const) {
      await managedServices.insert(service(name, 'p'));
      await managedServices.setDeleted(name, deletedAtMs);
    }
    assert.deepEqual(await managedServices.listDeleted(30, 5), ['b.example', 'c.example']);
    assert.deepEqual(await managedServices.listDeleted(30, 1), ['b.example']);
  });

  test('frees the name of a purged service', async (context) => {
    const { managedServices } = await open(context);
    await managedServices.insert(service('a.example', 'p'));
    assert.equal(await managedServices.purge('a.example'), true);
    assert.equal(await managedServices.purge('a.example'), false);
    assert.equal(await managedServices.insert(service('a.example', 'q')), true);
  });
});

function service(serviceName: string, producerProjectId: string): ManagedServiceRecord {
  return { serviceName, producerProjectId, createdAtMs: 5 };
}
