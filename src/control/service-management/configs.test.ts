import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, toJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Diagnostic } from '../../service-config/diagnostic.ts';
import {
  day,
  echo,
  failure,
  leastConfig,
  open,
  operation,
  project,
  registry,
  rollout,
  submission,
} from './testing/bench.ts';

describe('configs', () => {
  it('answers a submit with the config and the diagnostics', async (context) => {
    const bench = await open(context);
    await bench.create();
    bench.compiled = { service: create(ServiceSchema, { title: 'Echo' }), diagnostics: [warning] };
    const submitted = operation(await bench.call('submitConfigSource', submission()));
    assert.match(
      String(submitted['name']),
      /^operations\/serviceConfigs\.echo\.endpoints\.p1\.cloud\.goog:[0-9a-f-]{36}$/,
    );
    assert.deepEqual(submitted['response'], {
      '@type': 'type.googleapis.com/google.api.servicemanagement.v1.SubmitConfigSourceResponse',
      serviceConfig: { name: echo, id: '2026-01-31r0', title: 'Echo', producerProjectId: project },
      diagnostics: [{ location: warning.location, message: warning.message }],
    });
  });

  it('numbers configs from 0 every day', async (context) => {
    const bench = await open(context);
    await bench.create();
    assert.equal(await bench.deploy(), '2026-01-31r0');
    assert.equal(await bench.deploy(), '2026-01-31r1');
    bench.clock.advance(day);
    assert.equal(await bench.deploy(), '2026-02-01r0');
  });

  it('makes an operation that failed of files that do not compile', async (context) => {
    const bench = await open(context);
    await bench.create();
    bench.compiled = { service: undefined, diagnostics: [{ ...warning, kind: 'error' }] };
    const submitted = operation(await bench.call('submitConfigSource', submission()));
    assert.deepEqual(submitted['error'], {
      code: 3,
      message: `Cannot convert to service config.\n'location: "${warning.location}"\nkind: ERROR\nmessage: "${warning.message}"\n'`,
    });
    assert.equal((submitted['metadata'] as { steps: { status: string }[] }).steps[0]?.status, 'FAILED');
    assert.deepEqual((await bench.call('listServiceConfigs', { serviceName: echo })).serviceConfigs, []);
  });

  it('keeps nothing of files that are only validated', async (context) => {
    const bench = await open(context);
    await bench.create();
    const request = { ...submission(), validateOnly: true };
    const submitted = operation(await bench.call('submitConfigSource', request));
    const { serviceConfig } = submitted['response'] as JsonObject;
    assert.deepEqual(serviceConfig, {
      name: echo,
      id: '2026-01-31r0',
      title: 'Echo',
      producerProjectId: project,
    });
    assert.deepEqual((await bench.call('listServiceConfigs', { serviceName: echo })).serviceConfigs, []);
  });

  it('shows the source files in the FULL view alone', async (context) => {
    const bench = await open(context);
    await bench.create();
    const configId = await bench.deploy();
    const basic = await bench.call('getServiceConfig', { serviceName: echo, configId });
    assert.equal(basic.sourceInfo, undefined);
    const full = await bench.call('getServiceConfig', { serviceName: echo, configId, view: 1 });
    assert.deepEqual((toJson(ServiceSchema, full, { registry }) as JsonObject)['sourceInfo'], {
      sourceFiles: [
        {
          '@type': 'type.googleapis.com/google.api.servicemanagement.v1.ConfigFile',
          filePath: 'openapi.yaml',
          fileContents: Buffer.from('swagger: "2.0"').toString('base64'),
          fileType: 'OPEN_API_YAML',
        },
      ],
    });
  });

  it('takes a compiled config under an id of the client', async (context) => {
    const bench = await open(context);
    await bench.create();
    const made = await bench.call('createServiceConfig', {
      serviceName: echo,
      serviceConfig: { ...leastConfig, id: 'mine-1', title: 'T' },
    });
    assert.deepEqual([made.id, made.name, made.producerProjectId], ['mine-1', echo, project]);
    await assert.rejects(
      bench.call('createServiceConfig', {
        serviceName: echo,
        serviceConfig: { ...leastConfig, id: 'mine-1' },
      }),
      failure('ALREADY_EXISTS', /'mine-1'/),
    );
  });

  for (const [fact, request, message] of [
    ['no config', {}, /service_config must be given/],
    ['the config of another service', { serviceConfig: { name: 'b.example' } }, /names service 'b\.example'/],
    ['an id with capitals', { serviceConfig: { id: 'Mine' } }, /Invalid config id 'Mine'/],
  ] as const)
    it(`refuses to create ${fact}`, async (context) => {
      const bench = await open(context);
      await bench.create();
      await assert.rejects(
        bench.call('createServiceConfig', { serviceName: echo, ...request }),
        failure('INVALID_ARGUMENT', message),
      );
    });

  it('refuses a submit without files', async (context) => {
    const bench = await open(context);
    await bench.create();
    await assert.rejects(
      bench.call('submitConfigSource', { serviceName: echo }),
      failure('INVALID_ARGUMENT', /at least one file/),
    );
  });

  it('lists configs newest first', async (context) => {
    const bench = await open(context);
    await bench.create();
    for (let count = 0; count < 3; count++) await bench.deploy();
    const first = await bench.call('listServiceConfigs', { serviceName: echo, pageSize: 2 });
    assert.deepEqual(
      first.serviceConfigs.map((c) => c.id),
      ['2026-01-31r2', '2026-01-31r1'],
    );
    const { nextPageToken: pageToken } = first;
    const rest = await bench.call('listServiceConfigs', { serviceName: echo, pageSize: 2, pageToken });
    assert.deepEqual(
      rest.serviceConfigs.map((c) => c.id),
      ['2026-01-31r0'],
    );
    await assert.rejects(
      bench.call('listServiceRollouts', { serviceName: echo, pageToken }),
      failure('INVALID_ARGUMENT', /^Invalid page token\.$/),
    );
  });

  it('gives the config that most traffic gets when none is named', async (context) => {
    const bench = await open(context);
    await bench.create();
    await assert.rejects(
      bench.call('getServiceConfig', { serviceName: echo }),
      failure('NOT_FOUND', /^No service config found for service/),
    );
    const [first, second] = [await bench.deploy(), await bench.deploy()];
    await bench.call('createServiceConfig', {
      serviceName: echo,
      serviceConfig: { ...leastConfig, id: 'unserved' },
    });
    assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, second);
    await bench.call('createServiceRollout', rollout({ [first]: 70, [second]: 30 }));
    assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, first);
  });
});

const warning: Diagnostic = {
  kind: 'warning',
  rule: 'operation-without-api-key',
  location: 'openapi.yaml',
  message: 'Operation does not require an API key',
  hint: undefined,
  source: undefined,
};
