import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { PolicySchema } from '../../gen/google/iam/v1/policy_pb.ts';
import { purgeDeletedServices } from './purge-services.ts';
import { day, echo, open, project } from './testing/bench.ts';

describe('purgeDeletedServices', () => {
  it('removes what was deleted 30 days ago, with its activations, and nothing else', async (context) => {
    const bench = await open(context);
    for (const name of [echo, 'deleted-later.example', 'live.example']) await bench.create(name);
    await bench.deploy();
    const policies = [`services/${echo}`, `services/${echo}/consumers/project:p`];
    for (const name of policies) await bench.store.iamPolicies.put(name, create(PolicySchema));
    assert.equal(await bench.store.enabledServices.isEnabled(project, echo), true);
    await bench.call('deleteService', { serviceName: echo });
    bench.clock.advance(day);
    await bench.call('deleteService', { serviceName: 'deleted-later.example' });
    bench.clock.advance(29 * day);
    assert.equal(await purgeDeletedServices(bench.store, bench.clock.nowMs()), 0);
    bench.clock.advance(1);
    assert.equal(await purgeDeletedServices(bench.store, bench.clock.nowMs()), 1);
    assert.equal(await bench.store.managedServices.get(echo), undefined);
    assert.equal(await bench.store.serviceConfigs.latest(echo), undefined);
    assert.equal(await bench.store.enabledServices.isEnabled(project, echo), false);
    for (const name of policies) assert.equal(await bench.store.iamPolicies.get(name), undefined);
    assert.notEqual(await bench.store.managedServices.get('deleted-later.example'), undefined);
    assert.notEqual(await bench.store.managedServices.get('live.example'), undefined);
  });
});
