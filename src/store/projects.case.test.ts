import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProjectRecord } from './projects.ts';
import { forEachStore } from './test-stores.ts';

forEachStore('projects', (open) => {
  test('finds a project by id and by number', async (context) => {
    const { projects } = await open(context);
    const record = { ...project('alpha', '101'), labels: { team: 'a' }, deletedAtMs: 7 };
    assert.equal(await projects.insert(record), true);
    assert.deepEqual(await projects.get('alpha'), record);
    assert.deepEqual(await projects.get('101'), record);
    assert.equal(await projects.get('beta'), undefined);
  });

  test('refuses an id or a number that is taken', async (context) => {
    const { projects } = await open(context);
    await projects.insert(project('alpha', '101'));
    assert.equal(await projects.insert(project('alpha', '102')), false);
    assert.equal(await projects.insert(project('beta', '101')), false);
  });

  test('pages by id', async (context) => {
    const { projects } = await open(context);
    for (const [id, number] of [
      ['c', '3'],
      ['a', '1'],
      ['b', '2'],
    ] as const)
      await projects.insert(project(id, number));
    const first = await projects.list({ limit: 2 });
    assert.deepEqual(
      first.records.map((record) => record.projectId),
      ['a', 'b'],
    );
    assert.equal(first.next, 'b');
    const second = await projects.list({ limit: 2, after: 'b' });
    assert.deepEqual(second, { records: [project('c', '3')] });
  });

  test('updates what may change', async (context) => {
    const { projects } = await open(context);
    await projects.insert(project('alpha', '101'));
    const changed = { ...project('alpha', '101'), displayName: 'New', labels: { a: 'b' } };
    assert.equal(await projects.update(changed), true);
    assert.deepEqual(await projects.get('alpha'), changed);
    assert.equal(await projects.update(project('beta', '102')), false);
  });
});

function project(projectId: string, projectNumber: string): ProjectRecord {
  return { projectId, projectNumber, displayName: projectId, labels: {}, createdAtMs: 5 };
}
