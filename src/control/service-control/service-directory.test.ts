import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import {
  RolloutSchema,
  Rollout_RolloutStatus,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { createServiceDirectory } from './service-directory.ts';
import {
  configId,
  openControl,
  rolloutId,
  serviceName,
  type ControlFixture,
} from './testing/control-fixture.ts';

async function rollOut(
  { store }: ControlFixture,
  id: string,
  percentages: Record<string, number>,
): Promise<void> {
  for (const each of Object.keys(percentages))
    await store.serviceConfigs.insert({
      serviceName,
      configId: each,
      createdAtMs: 3,
      service: create(ServiceSchema, { name: serviceName, id: each }),
    });
  const rollout = create(RolloutSchema, {
    rolloutId: id,
    status: Rollout_RolloutStatus.SUCCESS,
    strategy: { case: 'trafficPercentStrategy', value: { percentages } },
  });
  await store.rollouts.insert({ serviceName, rolloutId: id, createdAtMs: 4, rollout });
}

describe('createServiceDirectory', () => {
  it('finds the config and the rollout in force', async (context) => {
    const { store } = await openControl(context);
    const service = await createServiceDirectory(store).find(serviceName, '');
    assert.deepEqual(
      [service?.configId, service?.rolloutId, service?.config?.id, service?.producerProjectId],
      [configId, rolloutId, configId, 'producer'],
    );
  });

  it('sees a rollout at once, and takes its largest share', async (context) => {
    const control = await openControl(context);
    const directory = createServiceDirectory(control.store);
    await directory.find(serviceName, '');
    await rollOut(control, '2026-01-02r0', { small: 30, large: 70 });
    const service = await directory.find(serviceName, '');
    assert.deepEqual([service?.configId, service?.rolloutId], ['large', '2026-01-02r0']);
  });

  it('keeps to the config that is asked for', async (context) => {
    const control = await openControl(context);
    await rollOut(control, '2026-01-02r0', { next: 100 });
    const service = await createServiceDirectory(control.store).find(serviceName, configId);
    assert.deepEqual([service?.configId, service?.rolloutId], [configId, '2026-01-02r0']);
  });

  it('knows nothing of a service that does not exist', async (context) => {
    const { store } = await openControl(context);
    assert.equal(await createServiceDirectory(store).find('nobody.example.com', ''), undefined);
  });

  it('finds a service before its first rollout', async (context) => {
    const { store } = await openControl(context);
    await store.managedServices.insert({
      serviceName: 'new.example.com',
      producerProjectId: 'producer',
      createdAtMs: 1,
    });
    const service = await createServiceDirectory(store).find('new.example.com', '');
    assert.deepEqual([service?.configId, service?.rolloutId, service?.config], ['', '', undefined]);
  });
});
