import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { day, echo, failure, nobody, open, operation, project } from './testing/bench.ts';

describe('services', () => {
  it('creates a service as operation 0 of the service', async (context) => {
    const bench = await open(context);
    assert.deepEqual(operation(await bench.create()), {
      name: `operations/services.${echo}-0`,
      metadata: {
        '@type': 'type.googleapis.com/google.api.servicemanagement.v1.OperationMetadata',
        resourceNames: [`services/${echo}`],
        steps: [{ description: 'Create service', status: 'DONE' }],
        progressPercentage: 100,
        startTime: '2026-01-31T12:00:00Z',
      },
      done: true,
      response: {
        '@type': 'type.googleapis.com/google.api.servicemanagement.v1.ManagedService',
        serviceName: echo,
        producerProjectId: project,
      },
    });
    const service = await bench.call('getService', { serviceName: echo });
    assert.equal(service.producerProjectId, project);
  });

  for (const [fact, service, code, message] of [
    [
      'a name that is no DNS name',
      { serviceName: 'Echo', producerProjectId: project },
      'INVALID_ARGUMENT',
      /Invalid service name 'Echo'/,
    ],
    ['no project', { serviceName: echo }, 'INVALID_ARGUMENT', /^producer_project_id must be given\.$/],
    [
      'an unknown project',
      { serviceName: 'a.example', producerProjectId: 'p9' },
      'PERMISSION_DENIED',
      /^Not allowed to get project settings for project p9$/,
    ],
    [
      'the name of another project',
      { serviceName: 'echo.endpoints.p2.cloud.goog', producerProjectId: project },
      'PERMISSION_DENIED',
      /^Ownership for domain name 'echo\.endpoints\.p2\.cloud\.goog' on project 'p1' cannot be verified\.$/,
    ],
  ] as const)
    it(`refuses to create a service with ${fact}`, async (context) => {
      const bench = await open(context);
      await assert.rejects(bench.call('createService', { service }), failure(code, message));
    });

  it('refuses to create a service without the permission on the project', async (context) => {
    const bench = await open(context);
    await assert.rejects(
      bench.call('createService', { service: { serviceName: echo, producerProjectId: project } }, nobody),
      failure(
        'PERMISSION_DENIED',
        /^Caller does not have permission 'servicemanagement\.services\.create' on project p1$/,
      ),
    );
  });

  it('refuses to create a service twice', async (context) => {
    const bench = await open(context);
    await bench.create();
    await assert.rejects(bench.create(), failure('ALREADY_EXISTS', /already exists/));
  });

  it('keeps a name for the project that had it first', async (context) => {
    const bench = await open(context);
    await bench.create('api.example.com', 'p1');
    await assert.rejects(bench.create('api.example.com', 'p2'), failure('PERMISSION_DENIED', /^Ownership/));
  });

  it('hides whether a service exists from those who may not see it', async (context) => {
    const bench = await open(context);
    await bench.create();
    for (const serviceName of [echo, 'none.example'])
      await assert.rejects(
        bench.call('getService', { serviceName }, nobody),
        failure(
          'PERMISSION_DENIED',
          new RegExp(`^Service '${serviceName}' not found or permission denied\\.$`),
        ),
      );
    await assert.rejects(
      bench.call('getService', { serviceName: 'none.example' }),
      failure('PERMISSION_DENIED', /not found or permission denied/),
    );
  });

  it('lists what the caller may see, page by page', async (context) => {
    const bench = await open(context);
    for (const name of ['a.example', 'b.example', 'c.example', 'd.example']) await bench.create(name);
    for (const name of ['a', 'c', 'd']) bench.grants.add(`${name}.example servicemanagement.services.get`);
    const first = await bench.call('listServices', { pageSize: 2 }, nobody);
    assert.deepEqual(
      first.services.map((s) => s.serviceName),
      ['a.example', 'c.example'],
    );
    const rest = await bench.call('listServices', { pageSize: 2, pageToken: first.nextPageToken }, nobody);
    assert.deepEqual(
      rest.services.map((s) => s.serviceName),
      ['d.example'],
    );
    assert.equal(rest.nextPageToken, '');
  });

  it('lists by producer and by consumer', async (context) => {
    const bench = await open(context);
    await bench.create('a.example', 'p1');
    await bench.create('b.example', 'p2');
    await bench.store.enabledServices.enable({ projectId: 'p1', serviceName: 'b.example', enabledAtMs: 1 });
    const produced = await bench.call('listServices', { producerProjectId: 'p1' });
    assert.deepEqual(
      produced.services.map((s) => s.serviceName),
      ['a.example'],
    );
    const consumed = await bench.call('listServices', { consumerId: 'project:p1' });
    assert.deepEqual(
      consumed.services.map((s) => s.serviceName),
      ['b.example'],
    );
    await assert.rejects(
      bench.call('listServices', { consumerId: 'p1' }),
      failure('INVALID_ARGUMENT', /consumer_id/),
    );
  });

  it('deletes a service by a rollout and refuses its name until it is undeleted', async (context) => {
    const bench = await open(context);
    await bench.create();
    const id = await bench.deploy();
    const deleted = operation(await bench.call('deleteService', { serviceName: echo }));
    assert.equal(deleted['name'], `operations/services.${echo}-1`);
    assert.deepEqual(deleted['response'], {
      '@type': 'type.googleapis.com/google.protobuf.Empty',
    });
    await assert.rejects(
      bench.call('getService', { serviceName: echo }),
      failure('PERMISSION_DENIED', /not found/),
    );
    assert.equal((await bench.store.rollouts.active(echo))?.rollout.strategy.case, 'deleteServiceStrategy');
    await assert.rejects(
      bench.create(),
      failure('FAILED_PRECONDITION', /^Service \S+ has been deleted and will be purged after 30 days\./),
    );

    await bench.call('undeleteService', { serviceName: echo });
    const { rollouts } = await bench.call('listServiceRollouts', { serviceName: echo });
    assert.deepEqual(
      rollouts.map((r) => [r.rolloutId, r.strategy.case]),
      [
        ['2026-01-31r2', 'trafficPercentStrategy'],
        ['2026-01-31r1', 'deleteServiceStrategy'],
        ['2026-01-31r0', 'trafficPercentStrategy'],
      ],
    );
    assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, id);
  });

  it('refuses to undelete what is not deleted', async (context) => {
    const bench = await open(context);
    await bench.create();
    await assert.rejects(
      bench.call('undeleteService', { serviceName: echo }),
      failure('FAILED_PRECONDITION', /is not deleted/),
    );
  });

  it('gives a name free 30 days after the deletion, with nothing left of the old service', async (context) => {
    const bench = await open(context);
    await bench.create('api.example.com', 'p1');
    await bench.call('deleteService', { serviceName: 'api.example.com' });
    bench.clock.advance(30 * day);
    await assert.rejects(bench.create('api.example.com', 'p2'), failure('PERMISSION_DENIED', /^Ownership/));
    bench.clock.advance(1);
    await bench.create('api.example.com', 'p2');
    const { rollouts } = await bench.call('listServiceRollouts', { serviceName: 'api.example.com' });
    assert.deepEqual(rollouts, []);
  });
});
