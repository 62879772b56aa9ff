import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, toJson } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { anyPack, DurationSchema } from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import {
  ConfigRefSchema,
  ConfigSourceSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { GenerateConfigReportResponseSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { GenerateConfigReportRequestSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { echo, failure, leastConfig, nobody, open, owner, project, registry } from './testing/bench.ts';
import type { Bench } from './testing/bench.ts';

type ServiceInit = MessageInitShape<typeof ServiceSchema>;

const selector = 'e.Echo';
const empty = 'type.googleapis.com/google.protobuf.Empty';
/** A config whose one method needs an API key. */
const closed: ServiceInit = {
  ...leastConfig,
  name: echo,
  producerProjectId: project,
  apis: [
    { name: 'e', version: '1', methods: [{ name: 'Echo', requestTypeUrl: empty, responseTypeUrl: empty }] },
  ],
  types: [{ name: 'google.protobuf.Empty' }],
  http: { rules: [{ selector, pattern: { case: 'post', value: '/echo' } }] },
};
const unlocked: ServiceInit = { ...closed, usage: { rules: [{ selector, allowUnregisteredCalls: true }] } };
const unlockedElement = 'usage.rules[selector=="e.Echo"].allow_unregistered_calls';

function packService(service: ServiceInit): Any {
  return anyPack(ServiceSchema, create(ServiceSchema, service));
}

function packRef(name: string): Any {
  return anyPack(ConfigRefSchema, create(ConfigRefSchema, { name }));
}

const source = anyPack(
  ConfigSourceSchema,
  create(ConfigSourceSchema, {
    files: [{ filePath: 'openapi.yaml', fileContents: Buffer.from('swagger: "2.0"') }],
  }),
);

async function report(
  bench: Bench,
  request: MessageInitShape<typeof GenerateConfigReportRequestSchema>,
  context = owner,
): Promise<unknown> {
  const answer = await bench.call('generateConfigReport', request, context);
  return toJson(GenerateConfigReportResponseSchema, answer, { registry });
}

/** Elements of the only change report. */
async function elements(...args: Parameters<typeof report>): Promise<string[] | undefined> {
  const answer = await args[0].call('generateConfigReport', args[1], args[2] ?? owner);
  assert.ok(answer.changeReports.length <= 1);
  return answer.changeReports[0]?.configChanges.map(({ element }) => element);
}

describe('generateConfigReport', () => {
  it('advises against a step that lets callers in', async (context) => {
    const bench = await open(context);
    assert.deepEqual(
      await report(bench, {
        newConfig: packService({ ...unlocked, id: 'c2' }),
        oldConfig: packService({ ...closed, id: 'c1' }),
      }),
      {
        serviceName: echo,
        id: 'c2',
        changeReports: [
          {
            configChanges: [
              {
                element: unlockedElement,
                newValue: 'true',
                changeType: 'ADDED',
                advices: [
                  {
                    description:
                      'POST /echo no longer needs an API key: calls may come from nobody in particular.',
                  },
                ],
              },
            ],
          },
        ],
      },
    );
  });

  it('gives the old value of what changed, and no advice where nobody is hurt', async (context) => {
    const bench = await open(context);
    assert.deepEqual(
      await report(bench, {
        newConfig: packService({ name: echo, title: 'New' }),
        oldConfig: packService({ name: echo, title: 'Old' }),
      }),
      {
        serviceName: echo,
        changeReports: [
          {
            configChanges: [
              { element: 'title', oldValue: '"Old"', newValue: '"New"', changeType: 'MODIFIED' },
            ],
          },
        ],
      },
    );
  });

  it('has an empty report of equal configs', async (context) => {
    const bench = await open(context);
    assert.deepEqual(
      await elements(bench, { newConfig: packService(closed), oldConfig: packService(closed) }),
      [],
    );
  });

  it('looks up configs by reference, and the one in use by the name of the service', async (context) => {
    const bench = await open(context);
    await bench.create();
    const used = await bench.deploy(closed);
    const { id } = await bench.call('createServiceConfig', { serviceName: echo, serviceConfig: unlocked });
    for (const oldConfig of [packRef(`services/${echo}`), packRef(`services/${echo}/configs/${used}`)])
      assert.deepEqual(
        await elements(bench, { newConfig: packRef(`services/${echo}/configs/${id}`), oldConfig }),
        [unlockedElement],
      );
  });

  it('compares a stored config with the one made before it', async (context) => {
    const bench = await open(context);
    await bench.create();
    // The predecessor of the middle one lies on another page of the store than the newest.
    const ids: string[] = [];
    for (let number = 0; number < 25; number++) {
      const serviceConfig = { ...closed, title: `Version ${number}` };
      ids.push((await bench.call('createServiceConfig', { serviceName: echo, serviceConfig })).id);
    }
    const { changeReports } = await bench.call('generateConfigReport', {
      newConfig: packRef(`services/${echo}/configs/${ids[5]}`),
    });
    assert.deepEqual(
      changeReports[0]?.configChanges.map(({ oldValue, newValue }) => [oldValue, newValue]),
      [['"Version 4"', '"Version 5"']],
    );
  });

  it('compares a config that is not stored with the one in use', async (context) => {
    const bench = await open(context);
    await bench.create();
    await bench.deploy(closed);
    assert.deepEqual(await elements(bench, { newConfig: packService(unlocked) }), [unlockedElement]);
  });

  it('calls everything new and advises nothing where there is nothing before', async (context) => {
    const bench = await open(context);
    await bench.create();
    const { id } = await bench.call('createServiceConfig', { serviceName: echo, serviceConfig: unlocked });
    for (const newConfig of [
      packRef(`services/${echo}/configs/${id}`),
      packService({ ...unlocked, name: 'x.y' }),
    ]) {
      const { changeReports } = await bench.call('generateConfigReport', { newConfig });
      const changes = changeReports[0]?.configChanges ?? [];
      assert.ok(changes.some(({ element }) => element === unlockedElement));
      assert.deepEqual(
        changes.filter(({ changeType, advices }) => changeType !== 1 || advices.length > 0),
        [],
      );
    }
  });

  it('compiles sources and hands on what the compiler warns of', async (context) => {
    const bench = await open(context);
    const warning = {
      rule: 'r',
      location: 'openapi.yaml',
      message: 'careful',
      hint: undefined,
      source: undefined,
    };
    bench.compiled = {
      service: create(ServiceSchema, unlocked),
      diagnostics: [{ kind: 'warning', ...warning }],
    };
    const answer = await bench.call('generateConfigReport', {
      newConfig: source,
      oldConfig: packService(closed),
    });
    assert.deepEqual(
      [answer.diagnostics.map(({ message }) => message), answer.changeReports.length],
      [['careful'], 1],
    );
  });

  it('answers with the errors of sources that do not compile', async (context) => {
    const bench = await open(context);
    const error = {
      rule: 'r',
      location: 'openapi.yaml',
      message: 'wrong',
      hint: undefined,
      source: undefined,
    };
    bench.compiled = { service: undefined, diagnostics: [{ kind: 'error', ...error }] };
    const expected = [{ location: 'openapi.yaml', kind: 'ERROR', message: 'wrong' }];
    assert.deepEqual(await report(bench, { newConfig: source }), { diagnostics: expected });
    assert.deepEqual(await report(bench, { newConfig: packService(closed), oldConfig: source }), {
      serviceName: echo,
      diagnostics: expected,
    });
  });

  it('asks for servicemanagement.services.get where it looks configs up', async (context) => {
    const bench = await open(context);
    await bench.create();
    const id = await bench.deploy(closed);
    const newConfig = packRef(`services/${echo}/configs/${id}`);
    const denied = failure('PERMISSION_DENIED', /not found or permission denied/);
    await assert.rejects(bench.call('generateConfigReport', { newConfig }, nobody), denied);
    const given = { newConfig: packService(closed), oldConfig: packRef(`services/${echo}`) };
    await assert.rejects(bench.call('generateConfigReport', given, nobody), denied);
    bench.grants.add(`${echo} servicemanagement.services.get`);
    await bench.call('generateConfigReport', { newConfig }, nobody);
  });

  it('does not tell who may not see a service what it has', async (context) => {
    const bench = await open(context);
    await bench.create();
    await bench.deploy(unlocked);
    const found = await elements(bench, { newConfig: packService(unlocked) }, nobody);
    assert.ok(found?.includes('name'), 'everything is new');
  });

  for (const [fact, request, message] of [
    ['no new config', {}, /new_config must be given/],
    [
      'a config of an unknown kind',
      { newConfig: anyPack(DurationSchema, create(DurationSchema)) },
      /new_config must be a ConfigRef, .* not 'type\.googleapis\.com\/google\.protobuf\.Duration'/,
    ],
    [
      'bytes that are no config',
      {
        newConfig: packService(closed),
        oldConfig: {
          $typeName: 'google.protobuf.Any',
          typeUrl: 'type.googleapis.com/google.api.Service',
          value: new Uint8Array([0xff]),
        },
      },
      /old_config cannot be decoded/,
    ],
    ['a malformed reference', { newConfig: packRef('echo/configs/c1') }, /names 'echo\/configs\/c1'/],
    [
      'sources without files',
      { newConfig: anyPack(ConfigSourceSchema, create(ConfigSourceSchema)) },
      /at least one file/,
    ],
  ] as const)
    it(`refuses ${fact}`, async (context) => {
      const bench = await open(context);
      await assert.rejects(bench.call('generateConfigReport', request), failure('INVALID_ARGUMENT', message));
    });

  it('has no report on a config that is not there', async (context) => {
    const bench = await open(context);
    await bench.create();
    await assert.rejects(
      bench.call('generateConfigReport', { newConfig: packRef(`services/${echo}/configs/none`) }),
      failure('NOT_FOUND', /'none'/),
    );
  });
});
