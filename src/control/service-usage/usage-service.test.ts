import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import {
  RolloutSchema,
  Rollout_RolloutStatus,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { errorOf, startTestControl } from '../test-control.ts';
import type { TestControl } from '../test-control.ts';

const producer = 'shop-prod';
const consumer = 'client-app';
const service = 'api.endpoints.shop-prod.cloud.goog';

async function startBench(context: TestContext): Promise<TestControl> {
  const control = await startTestControl(context);
  for (const projectId of [producer, consumer]) await control.ok('POST', '/v1/projects', { projectId });
  const { managedServices, serviceConfigs, rollouts } = control.store;
  await managedServices.insert({ serviceName: service, producerProjectId: producer, createdAtMs: 1 });
  const configId = '2026-01-01r0';
  await serviceConfigs.insert({
    serviceName: service,
    configId,
    createdAtMs: 1,
    service: create(ServiceSchema, {
      name: service,
      title: 'The shop',
      apis: [{ name: 'shop.v1.Shop', methods: [{ name: 'List' }] }],
      endpoints: [{ name: service }],
    }),
  });
  await rollouts.insert({
    serviceName: service,
    rolloutId: configId,
    createdAtMs: 1,
    rollout: create(RolloutSchema, {
      rolloutId: configId,
      serviceName: service,
      status: Rollout_RolloutStatus.SUCCESS,
      strategy: { case: 'trafficPercentStrategy', value: { percentages: { [configId]: 100 } } },
    }),
  });
  return control;
}

const path = `/v1/projects/${consumer}/services`;
const names = (body: Readonly<Record<string, unknown>>): string[] =>
  ((body['services'] ?? []) as { config: { name: string } }[]).map(({ config }) => config.name);

describe('createUsageService', () => {
  test('enables a service and shows what it is', async (context) => {
    const control = await startBench(context);
    const { projectNumber } = await control.ok('GET', `/v1/projects/${consumer}`);
    const operation = await control.ok('POST', `${path}/${service}:enable`, {});
    assert.match(
      String(operation['name']),
      new RegExp(`^operations/acat\\.p2-${String(projectNumber)}-[0-9a-f-]{36}$`),
    );
    assert.deepEqual(await control.ok('GET', `/v1/${String(operation['name'])}`), operation);
    assert.deepEqual(await control.ok('GET', `${path}/${service}`), {
      name: `projects/${String(projectNumber)}/services/${service}`,
      parent: `projects/${String(projectNumber)}`,
      config: {
        name: service,
        title: 'The shop',
        apis: [{ name: 'shop.v1.Shop' }],
        endpoints: [{ name: service }],
      },
      state: 'ENABLED',
    });
    assert.equal(await control.store.enabledServices.isEnabled(consumer, service), true);
  });

  test('answers with a done operation when the service is enabled already', async (context) => {
    const control = await startBench(context);
    await control.ok('POST', `${path}/${service}:enable`, {});
    const again = await control.ok('POST', `${path}/${service}:enable`, {});
    assert.equal(again['name'], 'operations/noop.DONE_OPERATION');
    assert.equal(again['done'], true);
    assert.equal((await control.ok('GET', '/v1/operations/noop.DONE_OPERATION'))['done'], true);
  });

  test('enables the services of the platform', async (context) => {
    const control = await startBench(context);
    for (const name of ['servicemanagement', 'servicecontrol', 'endpoints'])
      await control.ok('POST', `${path}/${name}.googleapis.com:enable`, {});
    const { services } = { services: names(await control.ok('GET', `${path}?filter=state:ENABLED`)) };
    assert.deepEqual(services, [
      'endpoints.googleapis.com',
      'servicecontrol.googleapis.com',
      'servicemanagement.googleapis.com',
    ]);
  });

  test('disables a service and refuses to do so twice', async (context) => {
    const control = await startBench(context);
    await control.ok('POST', `${path}/${service}:enable`, {});
    await control.ok('POST', `${path}/${service}:disable`, {});
    assert.equal((await control.ok('GET', `${path}/${service}`))['state'], 'DISABLED');
    const again = await control.call('POST', `${path}/${service}:disable`, {});
    assert.equal(errorOf(again).status, 'FAILED_PRECONDITION');
  });

  test('lists by page, platform and managed services merged by name', async (context) => {
    const control = await startBench(context);
    const all = names(await control.ok('GET', path));
    assert.deepEqual(all, [...all].sort());
    assert.equal(all.includes(service), true);
    const paged: string[] = [];
    let token = '';
    do {
      const page = await control.ok('GET', `${path}?pageSize=5&pageToken=${token}`);
      paged.push(...names(page));
      token = String(page['nextPageToken'] ?? '');
    } while (token !== '');
    assert.deepEqual(paged, all);
    assert.equal(names(await control.ok('GET', `${path}?filter=state:DISABLED`)).length, all.length);
  });

  test('enables several together or none', async (context) => {
    const control = await startBench(context);
    const bad = await control.call('POST', `${path}:batchEnable`, {
      serviceIds: [service, 'none.example.com'],
    });
    assert.deepEqual(errorOf(bad), {
      status: 'PERMISSION_DENIED',
      message: 'Not found or permission denied for service(s): none.example.com.',
    });
    assert.equal(await control.store.enabledServices.isEnabled(consumer, service), false);
    await control.ok('POST', `${path}:batchEnable`, { serviceIds: [service, 'iam.googleapis.com'] });
    assert.equal(await control.store.enabledServices.isEnabled(consumer, 'iam.googleapis.com'), true);
  });

  test('gets several at once', async (context) => {
    const control = await startBench(context);
    const query = [service, 'iam.googleapis.com']
      .map((name) => `names=projects/${consumer}/services/${name}`)
      .join('&');
    assert.deepEqual(names(await control.ok('GET', `${path}:batchGet?${query}`)), [
      service,
      'iam.googleapis.com',
    ]);
  });

  const bad: readonly (readonly [string, string, string, unknown])[] = [
    ['an unknown filter', 'GET', `${path}?filter=name:x`, undefined],
    ['an empty batch', 'POST', `${path}:batchEnable`, {}],
    [
      'a batch of 21',
      'POST',
      `${path}:batchEnable`,
      { serviceIds: Array.from({ length: 21 }, (_, i) => `s${i}`) },
    ],
    [
      'names of another parent',
      'GET',
      `${path}:batchGet?names=projects/${producer}/services/${service}`,
      undefined,
    ],
    ['a parent that is no project', 'GET', '/v1/folders/1/services', undefined],
  ];
  for (const [name, method, url, body] of bad)
    test(`refuses ${name}`, async (context) => {
      const control = await startBench(context);
      assert.equal(errorOf(await control.call(method, url, body)).status, 'INVALID_ARGUMENT');
    });

  test('hides a service from those who may not bind it', async (context) => {
    const control = await startBench(context);
    const key = await control.account(consumer, 'robot-1');
    const member = `serviceAccount:${key.client_email}`;
    const token = await control.sign(key);
    const admin = { policy: { bindings: [{ role: 'roles/editor', members: [member] }] } };
    await control.ok('POST', `/v1/projects/${consumer}:setIamPolicy`, admin);
    assert.equal((await control.call('POST', `${path}/${service}:enable`, {}, token)).status, 403);
    assert.equal(names(await control.ok('GET', path, undefined, token)).includes(service), false);
    const bind = {
      policy: { bindings: [{ role: 'roles/servicemanagement.serviceConsumer', members: [member] }] },
    };
    await control.ok('POST', `/v1/services/${service}:setIamPolicy`, bind);
    await control.ok('POST', `${path}/${service}:enable`, {}, token);
    assert.equal(names(await control.ok('GET', path, undefined, token)).includes(service), true);
  });
});

describe('createActivationService', () => {
  test('enables and disables as older clients ask', async (context) => {
    const control = await startBench(context);
    const body = { consumerId: `project:${consumer}` };
    const operation = await control.ok('POST', `/v1/services/${service}:enable`, body);
    assert.equal(operation['done'], true);
    assert.equal(await control.store.enabledServices.isEnabled(consumer, service), true);
    await control.ok('POST', `/v1/services/${service}:disable`, body);
    assert.equal(await control.store.enabledServices.isEnabled(consumer, service), false);
  });

  test('refuses another form of consumer', async (context) => {
    const control = await startBench(context);
    const answer = await control.call('POST', `/v1/services/${service}:enable`, { consumerId: consumer });
    assert.equal(errorOf(answer).status, 'INVALID_ARGUMENT');
  });
});

describe('createOperationsService', () => {
  test('reads alike for an operation that is missing', async (context) => {
    const control = await startBench(context);
    assert.equal(errorOf(await control.call('GET', '/v1/operations/none')).status, 'NOT_FOUND');
  });

  test('does not delete or cancel', async (context) => {
    const control = await startBench(context);
    for (const [method, path] of [
      ['DELETE', '/v1/operations/x'],
      ['POST', '/v1/operations/x:cancel'],
    ] as const)
      assert.deepEqual(errorOf(await control.call(method, path)), {
        status: 'UNIMPLEMENTED',
        message: 'Method not found.',
      });
  });
});
