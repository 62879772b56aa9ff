import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachStore } from './test-stores.ts';

forEachStore('enabledServices', (open) => {
  test('enables once, disables once and lists from both sides', async (context) => {
    const { projects, enabledServices } = await open(context);
    for (const [projectId, projectNumber] of [
      ['p1', '1'],
      ['p2', '2'],
    ] as const)
      await projects.insert({ projectId, projectNumber, displayName: '', labels: {}, createdAtMs: 1 });
    const record = { projectId: 'p1', serviceName: 'b', enabledAtMs: 7 };
    assert.equal(await enabledServices.enable(record), true);
    assert.equal(await enabledServices.enable({ ...record, enabledAtMs: 8 }), false);
    await enabledServices.enable({ ...record, serviceName: 'a' });
    await enabledServices.enable({ ...record, projectId: 'p2' });
    assert.equal(await enabledServices.isEnabled('p1', 'b'), true);
    assert.equal(await enabledServices.isEnabled('p2', 'a'), false);
    assert.deepEqual(await enabledServices.listByProject('p1'), [{ ...record, serviceName: 'a' }, record]);
    assert.deepEqual(
      (await enabledServices.listByService('b')).map(({ projectId }) => projectId),
      ['p1', 'p2'],
    );
    assert.equal(await enabledServices.disable('p1', 'b'), true);
    assert.equal(await enabledServices.disable('p1', 'b'), false);
    assert.equal(await enabledServices.isEnabled('p1', 'b'), false);
  });
});
