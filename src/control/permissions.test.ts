import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { ManualClock } from '../core/manual-clock.ts';
import { RpcCode } from '../core/status.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { testFolder } from '../store/test-stores.ts';
import { createCoreServices } from './core-services.ts';
import { RpcError } from './rpc/rpc-error.ts';
import { createRpcTable } from './rpc/rpc-table.ts';
import type { RpcTable } from './rpc/rpc-table.ts';
import type { CallContext } from './rpc/service.ts';
import { createTypeRegistry } from './rpc/type-registry.ts';
import { createServiceControl } from './service-control/service-control.ts';
import { createServiceManager } from './service-management/service-manager.ts';

const project = 'shop-prod';
const serviceName = 'api.example.com';
const account = `projects/${project}/serviceAccounts/robot-1@${project}.iam.gserviceaccount.com`;
const keys = `projects/${project}/locations/global`;
const key = `${keys}/keys/k`;
const usage = `projects/${project}/services/${serviceName}`;
const operation = { operationId: 'o', operationName: 'm', consumerId: `project:${project}` };

const manager = 'google.api.servicemanagement.v1.ServiceManager';
const configRef = 'type.googleapis.com/google.api.servicemanagement.v1.ConfigRef';
const iam = 'google.iam.admin.v1.IAM';
const apiKeys = 'google.api.apikeys.v2.ApiKeys';
const serviceUsage = 'google.api.serviceusage.v1.ServiceUsage';
const activation = 'gatehouse.servicemanagement.v1.ServiceActivation';
const projects = 'gatehouse.cloudresourcemanager.v1.Projects';
const operations = 'google.longrunning.Operations';

type Row = readonly [name: string, request: JsonValue, permission: string];

/** Every method that is implemented, a request for it, and what it asks of a caller first; '' for nothing. */
const methods: readonly Row[] = [
  [`${manager}/ListServices`, {}, 'servicemanagement.services.get'],
  [`${manager}/GetService`, { serviceName }, 'servicemanagement.services.get'],
  [
    `${manager}/CreateService`,
    { service: { serviceName, producerProjectId: project } },
    'servicemanagement.services.create',
  ],
  [`${manager}/DeleteService`, { serviceName }, 'servicemanagement.services.delete'],
  [`${manager}/UndeleteService`, { serviceName }, 'servicemanagement.services.delete'],
  [`${manager}/ListServiceConfigs`, { serviceName }, 'servicemanagement.services.get'],
  [`${manager}/GetServiceConfig`, { serviceName }, 'servicemanagement.services.get'],
  [`${manager}/CreateServiceConfig`, { serviceName }, 'servicemanagement.services.update'],
  [`${manager}/SubmitConfigSource`, { serviceName }, 'servicemanagement.services.update'],
  [
    `${manager}/GenerateConfigReport`,
    { newConfig: { '@type': configRef, name: `services/${serviceName}/configs/c` } },
    'servicemanagement.services.get',
  ],
  [`${manager}/ListServiceRollouts`, { serviceName }, 'servicemanagement.services.get'],
  [`${manager}/GetServiceRollout`, { serviceName, rolloutId: 'r' }, 'servicemanagement.services.get'],
  [
    `${manager}/CreateServiceRollout`,
    { serviceName, rollout: { trafficPercentStrategy: { percentages: { c: 100 } } } },
    'servicemanagement.services.update',
  ],
  ...['google.iam.v1.IAMPolicy', iam].flatMap((service): Row[] => [
    [`${service}/GetIamPolicy`, { resource: account }, 'iam.serviceAccounts.getIamPolicy'],
    [`${service}/SetIamPolicy`, { resource: account }, 'iam.serviceAccounts.setIamPolicy'],
    [`${service}/TestIamPermissions`, { resource: account, permissions: ['p'] }, 'p'],
  ]),
  [`${projects}/CreateProject`, { project: { projectId: 'other-1' } }, ''],
  [`${projects}/GetProject`, { projectId: project }, 'resourcemanager.projects.get'],
  [`${projects}/ListProjects`, {}, 'resourcemanager.projects.get'],
  [`${projects}/UpdateProject`, { projectId: project }, 'resourcemanager.projects.update'],
  [`${projects}/DeleteProject`, { projectId: project }, 'resourcemanager.projects.delete'],
  [`${projects}/UndeleteProject`, { projectId: project }, 'resourcemanager.projects.undelete'],
  [`${iam}/ListServiceAccounts`, { name: `projects/${project}` }, 'iam.serviceAccounts.list'],
  [`${iam}/GetServiceAccount`, { name: account }, 'iam.serviceAccounts.get'],
  [`${iam}/CreateServiceAccount`, { name: `projects/${project}` }, 'iam.serviceAccounts.create'],
  [`${iam}/UpdateServiceAccount`, { name: account }, 'iam.serviceAccounts.update'],
  [
    `${iam}/PatchServiceAccount`,
    { serviceAccount: { name: account }, updateMask: 'displayName' },
    'iam.serviceAccounts.update',
  ],
  [`${iam}/DeleteServiceAccount`, { name: account }, 'iam.serviceAccounts.delete'],
  [`${iam}/UndeleteServiceAccount`, { name: account }, 'iam.serviceAccounts.undelete'],
  [`${iam}/EnableServiceAccount`, { name: account }, 'iam.serviceAccounts.enable'],
  [`${iam}/DisableServiceAccount`, { name: account }, 'iam.serviceAccounts.disable'],
  [`${iam}/ListServiceAccountKeys`, { name: account }, 'iam.serviceAccountKeys.list'],
  [`${iam}/GetServiceAccountKey`, { name: `${account}/keys/k` }, 'iam.serviceAccountKeys.get'],
  [`${iam}/CreateServiceAccountKey`, { name: account }, 'iam.serviceAccountKeys.create'],
  [`${iam}/UploadServiceAccountKey`, { name: account }, 'iam.serviceAccountKeys.create'],
  [`${iam}/DeleteServiceAccountKey`, { name: `${account}/keys/k` }, 'iam.serviceAccountKeys.delete'],
  [`${iam}/EnableServiceAccountKey`, { name: `${account}/keys/k` }, 'iam.serviceAccountKeys.enable'],
  [`${iam}/DisableServiceAccountKey`, { name: `${account}/keys/k` }, 'iam.serviceAccountKeys.disable'],
  // The predefined roles are the same for everyone.
  [`${iam}/ListRoles`, {}, ''],
  [`${iam}/GetRole`, { name: 'roles/viewer' }, ''],
  [`${iam}/QueryGrantableRoles`, {}, ''],
  [
    'google.iam.credentials.v1.IAMCredentials/GenerateAccessToken',
    { name: account, scope: ['https://www.googleapis.com/auth/cloud-platform'] },
    'iam.serviceAccounts.getAccessToken',
  ],
  [
    'google.iam.credentials.v1.IAMCredentials/GenerateIdToken',
    { name: account, audience: 'a' },
    'iam.serviceAccounts.getOpenIdToken',
  ],
  [`${apiKeys}/CreateKey`, { parent: keys }, 'apikeys.keys.create'],
  [`${apiKeys}/ListKeys`, { parent: keys }, 'apikeys.keys.list'],
  [`${apiKeys}/GetKey`, { name: key }, 'apikeys.keys.get'],
  [`${apiKeys}/GetKeyString`, { name: key }, 'apikeys.keys.getKeyString'],
  [`${apiKeys}/UpdateKey`, { key: { name: key } }, 'apikeys.keys.update'],
  [`${apiKeys}/DeleteKey`, { name: key }, 'apikeys.keys.delete'],
  [`${apiKeys}/UndeleteKey`, { name: key }, 'apikeys.keys.undelete'],
  // Only the holder of a string that exists gets as far as the permission; see the tests of API Keys.
  [`${apiKeys}/LookupKey`, { keyString: 'unknown' }, ''],
  [`${serviceUsage}/EnableService`, { name: usage }, 'serviceusage.services.enable'],
  [`${serviceUsage}/DisableService`, { name: usage }, 'serviceusage.services.disable'],
  [`${serviceUsage}/GetService`, { name: usage }, 'serviceusage.services.get'],
  [`${serviceUsage}/ListServices`, { parent: `projects/${project}` }, 'serviceusage.services.list'],
  [
    `${serviceUsage}/BatchEnableServices`,
    { parent: `projects/${project}`, serviceIds: [serviceName] },
    'serviceusage.services.enable',
  ],
  [
    `${serviceUsage}/BatchGetServices`,
    { parent: `projects/${project}`, names: [usage] },
    'serviceusage.services.get',
  ],
  [
    `${activation}/EnableService`,
    { serviceName, consumerId: `project:${project}` },
    'serviceusage.services.enable',
  ],
  [
    `${activation}/DisableService`,
    { serviceName, consumerId: `project:${project}` },
    'serviceusage.services.disable',
  ],
  // An operation of nobody's is not found; one that is there asks as the API that it belongs to.
  [`${operations}/GetOperation`, { name: 'operations/none' }, ''],
  [
    `${operations}/ListOperations`,
    { filter: `serviceName=${serviceName}` },
    'servicemanagement.services.get',
  ],
  [`${operations}/WaitOperation`, {}, ''],
  [
    'google.api.servicecontrol.v1.ServiceController/Check',
    { serviceName, operation },
    'servicemanagement.services.check',
  ],
  [
    'google.api.servicecontrol.v1.ServiceController/Report',
    { serviceName },
    'servicemanagement.services.report',
  ],
  [
    'google.api.servicecontrol.v1.QuotaController/AllocateQuota',
    { serviceName },
    'servicemanagement.services.quota',
  ],
];

/** Methods that answer a caller who holds nothing, with what is everybody's or with an empty list. */
const answering: ReadonlySet<string> = new Set([
  `${manager}/ListServices`,
  'google.iam.v1.IAMPolicy/TestIamPermissions',
  `${iam}/TestIamPermissions`,
  `${projects}/ListProjects`,
  `${iam}/ListRoles`,
  `${iam}/GetRole`,
  `${iam}/QueryGrantableRoles`,
]);

const refusals: ReadonlySet<RpcCode> = new Set([
  RpcCode.PERMISSION_DENIED,
  RpcCode.NOT_FOUND,
  RpcCode.UNIMPLEMENTED,
]);

let table: RpcTable;
let asked: string[] = [];

before(async (context) => {
  const suite = context as Parameters<typeof testFolder>[0];
  const store = await openStore({ folder: testFolder(suite) });
  suite.after(() => store.close());
  await fill(store);
  // Denies everything and remembers what was wanted.
  const authorizer = {
    grantedPermissions: (_context: CallContext, _resource: unknown, permissions: readonly string[]) => {
      asked.push(...permissions);
      return Promise.resolve([]);
    },
    require: (_context: CallContext, _resource: unknown, permission: string) => {
      asked.push(permission);
      return Promise.reject(new RpcError(RpcCode.PERMISSION_DENIED, 'Denied.'));
    },
  };
  const deps = { store, authorizer, clock: new ManualClock(Date.UTC(2026, 0, 1)) };
  const compile = () => {
    throw new TypeError('a stranger made the compiler work');
  };
  table = createRpcTable([
    ...createCoreServices(deps).services,
    createServiceManager({ ...deps, compile }),
    ...createServiceControl(deps),
  ]);
});

async function fill(store: Store): Promise<void> {
  const common = { projectId: project, displayName: '', createdAtMs: 1 };
  await store.projects.insert({ ...common, projectNumber: '1', labels: {} });
  await store.serviceAccounts.insert({
    ...common,
    uniqueId: '1',
    email: account.split('/').at(-1) ?? '',
    description: '',
    disabled: false,
    revision: 1,
  });
  await store.managedServices.insert({ serviceName, producerProjectId: project, createdAtMs: 1 });
}

describe('every implemented method', () => {
  test('is in the table of permissions', () => {
    const implemented = table.services.flatMap((service) =>
      service.methods
        .map((method) => `${service.typeName}/${method.name}`)
        .filter((name) => table.find(name)?.handler !== undefined),
    );
    assert.deepEqual(implemented.toSorted(), methods.map(([name]) => name).toSorted());
  });

  for (const [name, request, permission] of methods)
    test(`${name} asks for ${permission || 'no permission'} and lets nobody in without`, async () => {
      const method = table.find(name);
      assert.ok(method?.handler !== undefined);
      asked = [];
      const context: CallContext = {
        caller: { kind: 'serviceAccount', email: 'stranger@x', projectId: 'x' },
        signal: new AbortController().signal,
        baseUrl: 'http://localhost',
      };
      const registry = createTypeRegistry(table.services);
      const answer = method.handler(fromJson(method.descriptor.input, request, { registry }), context);
      if (answering.has(name)) await answer;
      else await assert.rejects(answer, (error) => error instanceof RpcError && refusals.has(error.code));
      assert.deepEqual(asked, permission === '' ? [] : [permission]);
    });
});
