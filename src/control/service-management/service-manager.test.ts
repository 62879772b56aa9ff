import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { create, toJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { ManualClock } from '../../core/manual-clock.ts';
import { RpcCode } from '../../core/status.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { CompileResult } from '../../service-config/compile.ts';
import type { Diagnostic } from '../../service-config/diagnostic.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { testFolder } from '../../store/test-stores.ts';
import type { Authorizer } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext, ServiceHandlers } from '../rpc/service.ts';
import { createTypeRegistry } from '../rpc/type-registry.ts';
import { createServiceManager } from './service-manager.ts';
import { ServiceManagerContract } from './submit-response.ts';

const echo = 'echo.endpoints.p1.cloud.goog';
const project = 'p1';
const owner: CallContext = {
  caller: { kind: 'owner' },
  signal: new AbortController().signal,
  baseUrl: 'http://localhost',
};
const registry = createTypeRegistry([ServiceManagerContract]);
const day = 24 * 60 * 60 * 1000;

type Manager = Required<Omit<ServiceHandlers<typeof ServiceManager>, 'generateConfigReport'>>;
type Request<K extends keyof Manager> = Parameters<Manager[K]>[0];

/** Service Management over an empty store with project p1 and a compiler that echoes its first file's bytes. */
class Bench {
  readonly store: Store;
  readonly clock = new ManualClock(Date.UTC(2026, 0, 31, 12));
  readonly manager: Manager;
  /** Permissions that callers other than the owner hold: `resource permission`. */
  readonly grants = new Set<string>();
  compiled: CompileResult = { service: create(ServiceSchema, { title: 'Echo' }), diagnostics: [] };

  constructor(store: Store) {
    this.store = store;
    const { handlers } = createServiceManager({
      store,
      clock: this.clock,
      authorizer: this.#authorizer(),
      compile: () => this.compiled,
    });
    this.manager = handlers as unknown as Manager; // The table of a service that was made from these handlers.
  }

  call<K extends keyof Manager>(
    method: K,
    request: object,
    context: CallContext = owner,
  ): ReturnType<Manager[K]> {
    const input = ServiceManager.method[method].input;
    const message = create(input as never, request as never) as Request<K>;
    return (this.manager[method] as (r: unknown, c: CallContext) => ReturnType<Manager[K]>)(message, context);
  }

  async deploy(service: object = { title: 'Echo' }): Promise<string> {
    this.compiled = { service: create(ServiceSchema, service), diagnostics: [] };
    const submitted = operation(await this.call('submitConfigSource', submission()));
    const { id } = (submitted['response'] as JsonObject)['serviceConfig'] as { id: string };
    await this.call('createServiceRollout', rollout({ [id]: 100 }));
    return id;
  }

  create(serviceName: string = echo, producerProjectId: string = project): Promise<Operation> {
    return this.call('createService', { service: { serviceName, producerProjectId } });
  }

  #authorizer(): Authorizer {
    const holds = (
      context: CallContext,
      resource: Parameters<Authorizer['require']>[1],
      p: string,
    ): boolean =>
      context.caller.kind === 'owner' ||
      this.grants.has(`${'serviceName' in resource ? resource.serviceName : resource.projectId} ${p}`);
    return {
      grantedPermissions: (context, resource, permissions) =>
        Promise.resolve(permissions.filter((permission) => holds(context, resource, permission))),
      require: (context, resource, permission, message = 'denied') =>
        holds(context, resource, permission)
          ? Promise.resolve()
          : Promise.reject(new RpcError(RpcCode.PERMISSION_DENIED, message)),
    };
  }
}

describe('createServiceManager', () => {
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
        serviceConfig: { id: 'mine-1', title: 'T' },
      });
      assert.deepEqual([made.id, made.name, made.producerProjectId], ['mine-1', echo, project]);
      await assert.rejects(
        bench.call('createServiceConfig', { serviceName: echo, serviceConfig: { id: 'mine-1' } }),
        failure('ALREADY_EXISTS', /'mine-1'/),
      );
    });

    for (const [fact, request, message] of [
      ['no config', {}, /service_config must be given/],
      [
        'the config of another service',
        { serviceConfig: { name: 'b.example' } },
        /names service 'b\.example'/,
      ],
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
      await bench.call('createServiceConfig', { serviceName: echo, serviceConfig: { id: 'unserved' } });
      assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, second);
      await bench.call('createServiceRollout', rollout({ [first]: 70, [second]: 30 }));
      assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, first);
    });
  });

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
        await bench.call('createServiceConfig', { serviceName: echo, serviceConfig: {} });
      assert.equal((await bench.call('getServiceConfig', { serviceName: echo })).id, served);
      await assert.rejects(
        bench.call('getServiceConfig', { serviceName: echo, configId: '2026-01-31r1' }),
        failure('NOT_FOUND', /'2026-01-31r1' not found/),
      );
    });
  });

  for (const [method, permission, request] of [
    ['getService', 'get', {}],
    ['listServiceConfigs', 'get', {}],
    ['getServiceConfig', 'get', {}],
    ['listServiceRollouts', 'get', {}],
    ['getServiceRollout', 'get', { rolloutId: '2026-01-31r0' }],
    ['createServiceConfig', 'update', { serviceConfig: {} }],
    ['submitConfigSource', 'update', submission()],
    ['createServiceRollout', 'update', rollout({ '2026-01-31r0': 100 })],
    ['deleteService', 'delete', {}],
  ] as const)
    it(`asks for servicemanagement.services.${permission} in ${method}`, async (context) => {
      const bench = await open(context);
      await bench.create();
      await bench.deploy();
      const message = { ...request, serviceName: echo };
      await assert.rejects(
        bench.call(method, message, nobody),
        failure(
          'PERMISSION_DENIED',
          /^Service 'echo\.endpoints\.p1\.cloud\.goog' not found or permission denied\.$/,
        ),
      );
      bench.grants.add(`${echo} servicemanagement.services.${permission}`);
      await bench.call(method, message, nobody);
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
const nobody: CallContext = {
  ...owner,
  caller: { kind: 'serviceAccount', email: 'ci@p1.iam.gserviceaccount.com', projectId: 'p1' },
};

async function open(context: TestContext): Promise<Bench> {
  const store = await openStore({ folder: testFolder(context) });
  context.after(() => store.close());
  for (const [projectId, projectNumber] of [
    ['p1', '101'],
    ['p2', '102'],
  ] as const)
    await store.projects.insert({
      projectId,
      projectNumber,
      displayName: projectId,
      labels: {},
      createdAtMs: 0,
    });
  return new Bench(store);
}

function operation(message: Operation): JsonObject {
  return toJson(OperationSchema, message, { registry }) as JsonObject; // A message is a JSON object.
}

function submission(): object {
  const file = { filePath: 'openapi.yaml', fileContents: Buffer.from('swagger: "2.0"'), fileType: 3 };
  return { serviceName: echo, configSource: { files: [file] } };
}

function traffic(percentages: Record<string, number>): object {
  return { strategy: { case: 'trafficPercentStrategy', value: { percentages } } };
}

function rollout(percentages: Record<string, number>): object {
  return { serviceName: echo, rollout: traffic(percentages) };
}

function failure(code: keyof typeof RpcCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RpcError, String(error));
    assert.equal(error.code, RpcCode[code]);
    assert.match(error.message, message);
    return true;
  };
}
