import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import type { ProjectRecord } from './projects.ts';
import { forEachStore } from './test-stores.ts';

forEachStore('settings', (open) => {
  test('keeps the first value with putIfAbsent and the last with put', async (context) => {
    const { settings } = await open(context);
    assert.equal(await settings.get('a'), undefined);
    assert.equal((await settings.putIfAbsent('a', new Secret('1'))).reveal(), '1');
    assert.equal((await settings.putIfAbsent('a', new Secret('2'))).reveal(), '1');
    await settings.put('a', new Secret('3'));
    assert.equal((await settings.get('a'))?.reveal(), '3');
  });
});

forEachStore('transaction', (open) => {
  test('keeps all writes or none', async (context) => {
    const store = await open(context);
    await store.transaction(async (tx) => {
      await tx.projects.insert(project('a', '1'));
      await tx.projects.insert(project('b', '2'));
    });
    const failure = new Error('stop');
    const failing = store.transaction(async (tx) => {
      await tx.projects.insert(project('c', '3'));
      await tx.iamPolicies.deleteTree('x');
      throw failure;
    });
    await assert.rejects(failing, failure);
    const { records } = await store.projects.list({ limit: 9 });
    assert.deepEqual(
      records.map(({ projectId }) => projectId),
      ['a', 'b'],
    );
  });

  test('joins when nested', async (context) => {
    const store = await open(context);
    const failing = store.transaction(async (tx) => {
      await tx.transaction((inner) => inner.projects.insert(project('a', '1')));
      throw new Error('stop');
    });
    await assert.rejects(failing);
    assert.equal(await store.projects.get('a'), undefined);
  });

  test('keeps writes outside apart from the one that is open', async (context) => {
    const store = await open(context);
    const [, outside] = await Promise.allSettled([
      store.transaction(async (tx) => {
        await tx.projects.insert(project('a', '1'));
        throw new Error('stop');
      }),
      store.projects.insert(project('b', '2')),
    ]);
    assert.deepEqual(outside, { status: 'fulfilled', value: true });
    const { records } = await store.projects.list({ limit: 9 });
    assert.deepEqual(
      records.map(({ projectId }) => projectId),
      ['b'],
    );
  });

  test('refuses the store around it, which would wait for ever', async (context) => {
    const store = await open(context);
    await store.transaction(async () => {
      await assert.rejects(store.projects.get('a'), TypeError);
      assert.throws(() => store.transaction(() => Promise.resolve()), TypeError);
    });
    assert.equal(await store.projects.get('a'), undefined);
  });

  test('runs many at once one after the other', async (context) => {
    const store = await open(context);
    await store.settings.put('n', new Secret('0'));
    const increment = (): Promise<void> =>
      store.transaction(async (tx) => {
        const value = Number((await tx.settings.get('n'))?.reveal());
        await tx.settings.put('n', new Secret(String(value + 1)));
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    assert.equal((await store.settings.get('n'))?.reveal(), '20');
  });
});

forEachStore('close', (open) => {
  test('waits for what runs and may be called twice', async (context) => {
    const store = await open(context);
    const running = store.transaction((tx) => tx.projects.insert(project('a', '1')));
    const closing = store.close();
    assert.equal(await running, true);
    await closing;
    await store.close();
    await assert.rejects(store.projects.get('a'));
  });
});

function project(projectId: string, projectNumber: string): ProjectRecord {
  return { projectId, projectNumber, displayName: '', labels: {}, createdAtMs: 1 };
}
