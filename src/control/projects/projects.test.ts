import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorOf, startTestControl } from '../test-control.ts';

describe('createProjectService', () => {
  test('creates a project and answers with its operation', async (context) => {
    const control = await startTestControl(context);
    const operation = await control.ok('POST', '/v1/projects', {
      projectId: 'shop-prod',
      name: 'The shop',
      labels: { team: 'a' },
    });
    assert.match(String(operation['name']), /^operations\/cp\.\d{12}$/);
    assert.equal(operation['done'], true);
    const project = await control.ok('GET', '/v1/projects/shop-prod');
    assert.match(String(project['projectNumber']), /^\d{12}$/);
    assert.partialDeepStrictEqual(project, {
      projectId: 'shop-prod',
      name: 'The shop',
      lifecycleState: 'ACTIVE',
      labels: { team: 'a' },
      createTime: '2026-01-01T00:00:00Z',
    });
    assert.deepEqual(await control.ok('GET', `/v1/${String(operation['name'])}`), operation);
  });

  test('finds a project by its number', async (context) => {
    const control = await startTestControl(context);
    await control.ok('POST', '/v1/projects', { projectId: 'shop-prod' });
    const { projectNumber } = await control.ok('GET', '/v1/projects/shop-prod');
    const found = await control.ok('GET', `/v1/projects/${String(projectNumber)}`);
    assert.equal(found['projectId'], 'shop-prod');
  });

  test('lists and filters by page', async (context) => {
    const control = await startTestControl(context);
    for (const projectId of ['shop-prod', 'shop-test', 'blog-prod'])
      await control.ok('POST', '/v1/projects', { projectId });
    await control.ok('DELETE', '/v1/projects/shop-test');
    const ids = (body: Readonly<Record<string, unknown>>) =>
      (body['projects'] as { projectId: string }[]).map(({ projectId }) => projectId);
    const first = await control.ok('GET', '/v1/projects?pageSize=2');
    assert.deepEqual(ids(first), ['blog-prod', 'shop-prod']);
    const second = await control.ok(
      'GET',
      `/v1/projects?pageSize=2&pageToken=${String(first['nextPageToken'])}`,
    );
    assert.deepEqual(ids(second), ['shop-test']);
    assert.equal(second['nextPageToken'], undefined);
    assert.deepEqual(ids(await control.ok('GET', '/v1/projects?filter=lifecycleState:ACTIVE%20id:shop-*')), [
      'shop-prod',
    ]);
  });

  test('is not brought back by a change that began before the deletion', async (context) => {
    const control = await startTestControl(context);
    await control.ok('POST', '/v1/projects', { projectId: 'shop-prod' });
    const getProject = control.store.projects.get.bind(control.store.projects);
    // Deletes the project between the update's first look at it and its write.
    let isFirst = true;
    context.mock.method(control.store.projects, 'get', async (id: string) => {
      const record = await getProject(id);
      if (isFirst) {
        isFirst = false;
        await control.ok('DELETE', '/v1/projects/shop-prod');
      }
      return record;
    });
    await control.call('PUT', '/v1/projects/shop-prod', { name: 'Shop' });
    assert.equal((await control.ok('GET', '/v1/projects/shop-prod'))['lifecycleState'], 'DELETE_REQUESTED');
  });

  for (const label of ['constructor', '__proto__', 'toString'])
    test(`finds no project by the label ${label} that none has`, async (context) => {
      const control = await startTestControl(context);
      await control.ok('POST', '/v1/projects', { projectId: 'shop-prod' });
      assert.deepEqual(await control.ok('GET', `/v1/projects?filter=labels.${label}:*x`), {});
    });

  test('deletes and undeletes', async (context) => {
    const control = await startTestControl(context);
    await control.ok('POST', '/v1/projects', { projectId: 'shop-prod' });
    assert.deepEqual(await control.ok('DELETE', '/v1/projects/shop-prod'), {});
    assert.equal((await control.ok('GET', '/v1/projects/shop-prod'))['lifecycleState'], 'DELETE_REQUESTED');
    assert.equal((await control.call('GET', '/v2/projects/shop-prod/locations/global/keys')).status, 403);
    assert.deepEqual(await control.ok('POST', '/v1/projects/shop-prod:undelete', {}), {});
    assert.equal((await control.call('GET', '/v2/projects/shop-prod/locations/global/keys')).status, 200);
  });

  test('updates name and labels', async (context) => {
    const control = await startTestControl(context);
    await control.ok('POST', '/v1/projects', { projectId: 'shop-prod', labels: { a: 'b' } });
    const updated = await control.ok('PUT', '/v1/projects/shop-prod', { name: 'New', labels: { c: 'd' } });
    assert.partialDeepStrictEqual(updated, { name: 'New', labels: { c: 'd' } });
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['a missing id', {}, 'INVALID_ARGUMENT'],
    ['a short id', { projectId: 'abc' }, 'INVALID_ARGUMENT'],
    ['an id that ends in a hyphen', { projectId: 'abcdef-' }, 'INVALID_ARGUMENT'],
    ['an upper-case id', { projectId: 'Abcdefg' }, 'INVALID_ARGUMENT'],
    ['a long name', { projectId: 'abcdefg', name: 'x'.repeat(31) }, 'INVALID_ARGUMENT'],
    ['a bad label', { projectId: 'abcdefg', labels: { A: 'b' } }, 'INVALID_ARGUMENT'],
    ['an id that exists', { projectId: 'taken-id' }, 'ALREADY_EXISTS'],
  ];
  for (const [name, body, status] of bad)
    test(`refuses ${name}`, async (context) => {
      const control = await startTestControl(context);
      await control.ok('POST', '/v1/projects', { projectId: 'taken-id' });
      assert.equal(errorOf(await control.call('POST', '/v1/projects', body)).status, status);
    });

  test('lets only the owner create projects', async (context) => {
    const control = await startTestControl(context);
    const token = await control.sign(await control.account('shop-prod', 'robot-1'));
    const answer = await control.call('POST', '/v1/projects', { projectId: 'other-one' }, token);
    assert.equal(errorOf(answer).status, 'PERMISSION_DENIED');
  });

  test('reads alike for a project that is missing and one that is not theirs', async (context) => {
    const control = await startTestControl(context);
    await control.ok('POST', '/v1/projects', { projectId: 'blog-prod' });
    const token = await control.sign(await control.account('shop-prod', 'robot-1'));
    for (const project of ['blog-prod', 'none-such']) {
      const answer = await control.call('GET', `/v1/projects/${project}`, undefined, token);
      assert.deepEqual(errorOf(answer), {
        status: 'PERMISSION_DENIED',
        message: `Permission 'resourcemanager.projects.get' denied on resource 'projects/${project}' (or it may not exist).`,
      });
    }
  });
});
