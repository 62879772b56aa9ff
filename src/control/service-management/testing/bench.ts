import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { create, toJson } from '@bufbuild/protobuf';
import type { JsonObject, Registry } from '@bufbuild/protobuf';
import { ManualClock } from '../../../core/manual-clock.ts';
import { RpcCode } from '../../../core/status.ts';
import { ServiceSchema } from '../../../gen/google/api/service_pb.ts';
import { ServiceManager } from '../../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { OperationSchema } from '../../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../../gen/google/longrunning/operations_pb.ts';
import type { CompileResult } from '../../../service-config/compile.ts';
import { openStore } from '../../../store/open-store.ts';
import type { Store } from '../../../store/store.ts';
import { testFolder } from '../../../store/test-stores.ts';
import type { Authorizer } from '../../authorizer.ts';
import { RpcError } from '../../rpc/rpc-error.ts';
import type { CallContext, ServiceHandlers } from '../../rpc/service.ts';
import { createTypeRegistry } from '../../rpc/type-registry.ts';
import { createServiceManager } from '../service-manager.ts';
import { ServiceManagerContract } from '../submit-response.ts';

/** The service that most tests create. */
export const echo: string = 'echo.endpoints.p1.cloud.goog';
/** Its producer. */
export const project: string = 'p1';
/** What a normalised config needs at least. */
export const leastConfig: {
  readonly configVersion: number;
  readonly control: { readonly environment: string };
} = {
  configVersion: 3,
  control: { environment: 'servicecontrol.googleapis.com' },
};
/** A caller who may do everything. */
export const owner: CallContext = {
  caller: { kind: 'owner' },
  signal: new AbortController().signal,
  baseUrl: 'http://localhost',
};
/** Types for the JSON of operations and sources. */
export const registry: Registry = createTypeRegistry([ServiceManagerContract]);
/** In milliseconds. */
export const day: number = 24 * 60 * 60 * 1000;

type Manager = Required<ServiceHandlers<typeof ServiceManager>>;
type Request<K extends keyof Manager> = Parameters<Manager[K]>[0];

/** Service Management over an empty store with project p1 and a compiler that echoes its first file's bytes. */
export class Bench {
  readonly store: Store;
  readonly clock: ManualClock = new ManualClock(Date.UTC(2026, 0, 31, 12));
  readonly manager: Manager;
  /** Permissions that callers other than the owner hold: `resource permission`. */
  readonly grants: Set<string> = new Set<string>();
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

/** A caller who may do what `grants` says. */
export const nobody: CallContext = {
  ...owner,
  caller: { kind: 'serviceAccount', email: 'ci@p1.iam.gserviceaccount.com', projectId: 'p1' },
};

/** An empty bench; the test’s end closes it. */
export async function open(context: TestContext): Promise<Bench> {
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

/** An operation as REST shows it. */
export function operation(message: Operation): JsonObject {
  return toJson(OperationSchema, message, { registry }) as JsonObject; // A message is a JSON object.
}

/** A submit of one file. */
export function submission(): object {
  const file = { filePath: 'openapi.yaml', fileContents: Buffer.from('swagger: "2.0"'), fileType: 3 };
  return { serviceName: echo, configSource: { files: [file] } };
}

/** A rollout that splits traffic so. */
export function traffic(percentages: Record<string, number>): object {
  return { strategy: { case: 'trafficPercentStrategy', value: { percentages } } };
}

/** A request to roll out so. */
export function rollout(percentages: Record<string, number>): object {
  return { serviceName: echo, rollout: traffic(percentages) };
}

/** For assert.rejects: an RpcError of this code and message. */
export function failure(code: keyof typeof RpcCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RpcError, String(error));
    assert.equal(error.code, RpcCode[code]);
    assert.match(error.message, message);
    return true;
  };
}
