import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  echo,
  failure,
  leastConfig,
  nobody,
  open,
  operation,
  project,
  rollout,
  traffic,
} from './testing/bench.ts';

describe('rollouts', () => {
  it('records who rolled out what and when', async (context) => {
    const bench = await open(context);
    await bench.create();
    await bench.deploy();
    bench.grants.add(`${echo} servicemanagement.services.update`);
    const made = operation(
      await bench.call('createServiceRollout', rollout({ '2026-01-31r0': 100 }), nobody),
    );
    assert.match(
      String(made['name']),
      /^operations\/rollouts\.echo\.endpoints\.p1\.cloud\.goog:[0-9a-f-]{36}$/,
    );
    assert.deepEqual(made['response'], {
      '@type': 'type.googleapis.com/google.api.servicemanagement.v1.Rollout',
      rolloutId: '2026-01-31r1',
      createTime: '2026-01-31T12:00:00Z',
      createdBy: 'ci@p1.iam.gserviceaccount.com',
      status: 'SUCCESS',
      trafficPercentStrategy: { percentages: { '2026-01-31r0': 100 } },
      serviceName: echo,
    });
  });

  it('enables the service in its producer project at the first rollout only', async (context) => {
    const bench = await open(context);
    await bench.create();
    assert.equal(await bench.store.enabledServices.isEnabled(project, echo), false);
    await bench.deploy();
    assert.equal(await bench.store.enabledServices.isEnabled(project, echo), true);
    await bench.store.enabledServices.disable(project, echo);
    await bench.deploy();
    assert.equal(await bench.store.enabledServices.isEnabled(project, echo), false);
  });

  for (const [fact, strategy, code, message] of [
    [
      'an unknown config',
      traffic({ nope: 100 }),
      'NOT_FOUND',
      /^Service config 'nope' not found for service/,
    ],
    ['percentages that miss 100', traffic({ a: 60, b: 30 }), 'INVALID_ARGUMENT', /must total 100, not 90/],
    ['a percentage of 0', traffic({ a: 100, b: 0 }), 'INVALID_ARGUMENT', /greater than 0/],
    ['a percentage that is no number', traffic({ a: NaN }), 'INVALID_ARGUMENT', /greater than 0/],
    ['no percentages', traffic({}), 'INVALID_ARGUMENT', /must total 100/],
    ['no strategy', {}, 'INVALID_ARGUMENT', /must have a strategy/],
    [
      'the name of another service',
      { serviceName: 'b.example' },
      'INVALID_ARGUMENT',
      /names service 'b\.example'/,
    ],
    ['an id with spaces', { rolloutId: 'a b' }, 'INVALID_ARGUMENT', /Invalid rollout id/],
  ] as const)
    it(`refuses ${fact}`, async (context) => {
      const bench = await open(context);
      await bench.create();
      await assert.rejects(
        bench.call('createServiceRollout', { serviceName: echo, rollout: strategy }),
        failure(code, message),
      );
      assert.equal(await bench.store.rollouts.active(echo), undefined);
    });

  it('takes thirds that nearly total 100', async (context) => {
    const bench = await open(context);
    await bench.create();
    const [a, b, c] = [await bench.deploy(), await bench.deploy(), await bench.deploy()];
    await bench.call('createServiceRollout', rollout({ [a]: 33.333, [b]: 33.333, [c]: 33.333 }));
    assert.equal((await bench.store.rollouts.active(echo))?.rolloutId, '2026-01-31r3');
  });

  it('selects by filter', async (context) => {
    const bench = await open(context);
    await bench.create();
    await bench.deploy();
    const list = async (filter: string): Promise<number> =>
      (await bench.call('listServiceRollouts', { serviceName: echo, filter })).rollouts.length;
    assert.equal(await list(''), 1);
    assert.equal(await list("status=SUCCESS AND strategy='TrafficPercentStrategy'"), 1);
    assert.equal(await list('status=FAILED'), 0);
  });

  it('deletes the service by the strategy that says so, for those who may delete', async (context) => {
    const bench = await open(context);
    await bench.create();
    const request = {
      serviceName: echo,
      rollout: { strategy: { case: 'deleteServiceStrategy', value: {} } },
    };
    bench.grants.add(`${echo} servicemanagement.services.update`);
    await assert.rejects(
      bench.call('createServiceRollout', request, nobody),
      failure('PERMISSION_DENIED', /denied/),
    );
    await bench.call('createServiceRollout', request);
    await assert.rejects(
      bench.call('getService', { serviceName: echo }),
      failure('PERMISSION_DENIED', /not found/),
    );
  });

  it('keeps the 100 newest configs and the one that is served', async (context) => {
    const bench = await open(context);
    await bench.create();
    const served = await bench.deploy();
    for (let count = 0; count < 101; count++)
      await bench.call('createServiceConfig', { serviceName: echo, serviceConfig: leastConfig });
    assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, served);
    await assert.rejects(
      bench.call('getServiceConfig', { serviceName: echo, configId: '2026-01-31r1' }),
      failure('NOT_FOUND', /'2026-01-31r1' not found/),
    );
  });
});
