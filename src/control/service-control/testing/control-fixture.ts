import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { TestContext } from 'node:test';
import { ManualClock } from '../../../core/manual-clock.ts';
import { Secret } from '../../../core/secret.ts';
import { RestrictionsSchema } from '../../../gen/google/api/apikeys/v2/resources_pb.ts';
import {
  MetricDescriptor_MetricKind,
  MetricDescriptor_ValueType,
} from '../../../gen/google/api/metric_pb.ts';
import { ServiceSchema } from '../../../gen/google/api/service_pb.ts';
import {
  AllocateQuotaRequestSchema,
  QuotaController,
  type AllocateQuotaResponse,
} from '../../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import {
  CheckRequestSchema,
  ReportRequestSchema,
  ServiceController,
  type CheckResponse,
  type ReportResponse,
} from '../../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import {
  RolloutSchema,
  Rollout_RolloutStatus,
} from '../../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { RpcCode } from '../../../core/status.ts';
import { openStore } from '../../../store/open-store.ts';
import type { Store } from '../../../store/store.ts';
import { testFolder } from '../../../store/test-stores.ts';
import type { Authorizer } from '../../authorizer.ts';
import { RpcError } from '../../rpc/rpc-error.ts';
import type { CallContext, ServiceImplementation } from '../../rpc/service.ts';
import { createServiceControl } from '../service-control.ts';

export const serviceName = 'bookstore.endpoints.example.cloud.goog';
export const configId = '2026-01-01r0';
export const rolloutId = '2026-01-01r1';
export const operationName = 'example.Bookstore.ListShelves';
export const keyString = 'AIzaSyExampleExampleExampleExampleExamp';

/** A control plane's Service Control over an empty store with one service, two projects and one key. */
export interface ControlFixture {
  readonly store: Store;
  readonly clock: ManualClock;
  readonly services: readonly ServiceImplementation[];
  /** Permissions that callers lack. */
  readonly denied: Set<string>;
  check(request: MessageInitShape<typeof CheckRequestSchema>): Promise<CheckResponse>;
  allocateQuota(request: MessageInitShape<typeof AllocateQuotaRequestSchema>): Promise<AllocateQuotaResponse>;
  report(request: MessageInitShape<typeof ReportRequestSchema>): Promise<ReportResponse>;
  /** Gives the key restrictions. */
  restrict(restrictions: MessageInitShape<typeof RestrictionsSchema>): Promise<void>;
}

const callContext: CallContext = {
  caller: { kind: 'owner' },
  signal: new AbortController().signal,
  baseUrl: 'http://127.0.0.1',
};

/** Opens one that the test's end closes. */
export async function openControl(context: TestContext): Promise<ControlFixture> {
  const folder = testFolder(context);
  const store = await openStore({ folder });
  context.after(() => store.close());
  await fillStore(store);
  const clock = new ManualClock(Date.UTC(2026, 0, 1, 12));
  const denied = new Set<string>();
  const services = createServiceControl({
    store,
    clock,
    authorizer: denyOnly(denied),
    createId: () => 'insert-id',
  });
  const call = async (method: string, request: unknown): Promise<unknown> => {
    const handler = services.find(({ handlers }) => handlers[method] !== undefined)?.handlers[method];
    if (handler === undefined) throw new TypeError(`no handler for ${method}`);
    return handler(request as Parameters<typeof handler>[0], callContext);
  };
  return {
    store,
    clock,
    services,
    denied,
    check: async (request) =>
      (await call(
        ServiceController.method.check.localName,
        create(CheckRequestSchema, request),
      )) as CheckResponse,
    allocateQuota: async (request) =>
      (await call(
        QuotaController.method.allocateQuota.localName,
        create(AllocateQuotaRequestSchema, request),
      )) as AllocateQuotaResponse,
    report: async (request) =>
      (await call(
        ServiceController.method.report.localName,
        create(ReportRequestSchema, request),
      )) as ReportResponse,
    async restrict(restrictions) {
      const key = await store.apiKeys.get('consumer', 'key');
      if (key === undefined) throw new TypeError('the fixture has no key');
      const changed = create(RestrictionsSchema, restrictions);
      await store.apiKeys.update({ ...key, restrictions: changed, revision: key.revision + 1 });
    },
  };
}

function denyOnly(denied: ReadonlySet<string>): Authorizer {
  return {
    grantedPermissions: (_context, _resource, permissions) =>
      Promise.resolve(permissions.filter((permission) => !denied.has(permission))),
    async require(_context, resource, permission) {
      if (denied.has(permission) && resource.kind === 'service')
        throw new RpcError(
          RpcCode.PERMISSION_DENIED,
          `Permission '${permission}' denied on service '${resource.serviceName}'.`,
        );
    },
  };
}

/** Puts the service, its config and rollout, three projects and the key into an empty store. */
export async function fillStore(store: Store): Promise<void> {
  for (const [projectId, projectNumber] of [
    ['producer', '1001'],
    ['consumer', '1002'],
    ['idle', '1003'],
  ] as const)
    await store.projects.insert({ projectId, projectNumber, displayName: '', labels: {}, createdAtMs: 1 });
  await store.managedServices.insert({ serviceName, producerProjectId: 'producer', createdAtMs: 1 });
  await store.serviceConfigs.insert({ serviceName, configId, createdAtMs: 1, service: sampleConfig() });
  await store.rollouts.insert({
    serviceName,
    rolloutId,
    createdAtMs: 2,
    rollout: create(RolloutSchema, {
      rolloutId,
      status: Rollout_RolloutStatus.SUCCESS,
      strategy: { case: 'trafficPercentStrategy', value: { percentages: { [configId]: 100 } } },
    }),
  });
  await store.enabledServices.enable({ projectId: 'consumer', serviceName, enabledAtMs: 1 });
  await store.apiKeys.insert({
    uid: 'key-uid',
    keyId: 'key',
    projectId: 'consumer',
    displayName: '',
    keyString: new Secret(keyString),
    annotations: {},
    createdAtMs: 1,
    updatedAtMs: 1,
    revision: 1,
  });
}

function sampleConfig() {
  const metric = (name: string, valueType: MetricDescriptor_ValueType, keys: readonly string[]) => ({
    name: `serviceruntime.googleapis.com/api/${name}`,
    metricKind: MetricDescriptor_MetricKind.DELTA,
    valueType,
    labels: keys.map((key) => ({ key })),
  });
  return create(ServiceSchema, {
    name: serviceName,
    id: configId,
    producerProjectId: 'producer',
    metrics: [
      metric('consumer/request_count', MetricDescriptor_ValueType.INT64, [
        '/response_code',
        '/credential_id',
      ]),
      metric('producer/request_count', MetricDescriptor_ValueType.INT64, ['/response_code']),
      metric('producer/by_consumer/request_count', MetricDescriptor_ValueType.INT64, ['/response_code']),
      metric('consumer/quota_used_count', MetricDescriptor_ValueType.INT64, [
        '/credential_id',
        '/quota_group_name',
      ]),
    ],
    quota: {
      limits: [
        {
          name: 'read-limit',
          metric: 'reads',
          unit: '1/min/{project}',
          values: { STANDARD: 10n },
        },
      ],
      metricRules: [{ selector: operationName, metricCosts: { reads: 2n } }],
    },
  });
}
