import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { errorOf, startTestControl } from '../test-control.ts';
import type { TestControl } from '../test-control.ts';

const project = 'shop-prod';
const service = 'api.endpoints.shop-prod.cloud.goog';

/** What gcloud's check-iam-policy asks for. */
const gcloudPermissions = [
  'get',
  'getProjectSettings',
  'delete',
  'update',
  'bind',
  'updateProjectSettings',
  'check',
  'report',
  'setIamPolicy',
  'getIamPolicy',
].map((verb) => `servicemanagement.services.${verb}`);

interface Bench {
  readonly control: TestControl;
  readonly member: string;
  readonly token: string;
}

async function startBench(context: TestContext): Promise<Bench> {
  const control = await startTestControl(context);
  const key = await control.account(project, 'robot-1');
  await control.store.managedServices.insert({
    serviceName: service,
    producerProjectId: project,
    createdAtMs: 1,
  });
  return { control, member: `serviceAccount:${key.client_email}`, token: await control.sign(key) };
}

async function held(
  { control, token }: Bench,
  resource: string,
  permissions: readonly string[],
): Promise<unknown> {
  const answer = await control.ok('POST', `/v1/${resource}:testIamPermissions`, { permissions }, token);
  return answer['permissions'] ?? [];
}

function grant({ control, member }: Bench, resource: string, role: string): Promise<unknown> {
  return control.ok('POST', `/v1/${resource}:setIamPolicy`, {
    policy: { bindings: [{ role, members: [member] }] },
  });
}

describe('getIamPolicy', () => {
  test('answers the etag ACAB where no policy was set', async (context) => {
    const { control } = await startBench(context);
    assert.deepEqual(await control.ok('POST', `/v1/services/${service}:getIamPolicy`, {}), { etag: 'ACAB' });
    assert.deepEqual(await control.ok('POST', `/v1/projects/${project}:getIamPolicy`), { etag: 'ACAB' });
  });

  test('answers what was set', async (context) => {
    const bench = await startBench(context);
    const set = await grant(bench, `services/${service}`, 'roles/servicemanagement.serviceController');
    assert.partialDeepStrictEqual(set, {
      version: 1,
      bindings: [{ role: 'roles/servicemanagement.serviceController', members: [bench.member] }],
    });
    assert.deepEqual(await bench.control.ok('POST', `/v1/services/${service}:getIamPolicy`, {}), set);
  });

  test('reads alike for a service that is missing and one that is not theirs', async (context) => {
    const { control, token } = await startBench(context);
    for (const name of [service, 'none.example.com'])
      assert.deepEqual(errorOf(await control.call('POST', `/v1/services/${name}:getIamPolicy`, {}, token)), {
        status: 'PERMISSION_DENIED',
        message: `Service '${name}' not found or permission denied.`,
      });
  });
});

describe('setIamPolicy', () => {
  test('refuses a stale etag and takes the fresh one', async (context) => {
    const bench = await startBench(context);
    const path = `/v1/services/${service}:setIamPolicy`;
    const bindings = [{ role: 'roles/viewer', members: [bench.member] }];
    const first = await bench.control.ok('POST', path, { policy: { bindings, etag: 'ACAB' } });
    const stale = await bench.control.call('POST', path, { policy: { bindings: [], etag: 'ACAB' } });
    assert.equal(stale.status, 409);
    assert.equal(errorOf(stale).status, 'ABORTED');
    const second = await bench.control.ok('POST', path, { policy: { bindings: [], etag: first['etag'] } });
    assert.notEqual(second['etag'], first['etag']);
  });

  test('refuses an etag that was never sent', async (context) => {
    const { control } = await startBench(context);
    const policy = { bindings: [], etag: Buffer.from('nonsense').toString('base64') };
    assert.equal(
      (await control.call('POST', `/v1/services/${service}:setIamPolicy`, { policy })).status,
      409,
    );
  });

  test('merges bindings of one role and drops empty ones', async (context) => {
    const { control } = await startBench(context);
    const bindings = [
      { role: 'roles/viewer', members: ['user:a@b.c'] },
      { role: 'roles/editor', members: [] },
      { role: 'roles/viewer', members: ['user:a@b.c', 'group:g@b.c'] },
    ];
    const set = await control.ok('POST', `/v1/projects/${project}:setIamPolicy`, { policy: { bindings } });
    assert.deepEqual(set['bindings'], [{ role: 'roles/viewer', members: ['user:a@b.c', 'group:g@b.c'] }]);
  });

  test('keeps the bindings when the mask leaves them out', async (context) => {
    const bench = await startBench(context);
    await grant(bench, `projects/${project}`, 'roles/viewer');
    const body = { policy: { bindings: [] }, updateMask: 'etag' };
    const set = await bench.control.ok('POST', `/v1/projects/${project}:setIamPolicy`, body);
    assert.deepEqual(set['bindings'], [{ role: 'roles/viewer', members: [bench.member] }]);
  });

  const consumer = 'roles/servicemanagement.serviceConsumer';
  const bad: readonly (readonly [string, unknown, string])[] = [
    [
      'allUsers',
      { bindings: [{ role: consumer, members: ['allUsers'] }] },
      `Member 'allUsers' is not allowed in role '${consumer}'.`,
    ],
    [
      'allAuthenticatedUsers',
      { bindings: [{ role: consumer, members: ['allAuthenticatedUsers'] }] },
      `Member 'allAuthenticatedUsers' is not allowed in role '${consumer}'.`,
    ],
    [
      'an unknown role',
      { bindings: [{ role: 'roles/x', members: [] }] },
      'Role roles/x is not supported for this resource.',
    ],
    [
      'a member without a kind',
      { bindings: [{ role: consumer, members: ['a@b.c'] }] },
      "Invalid member 'a@b.c': use user:, serviceAccount:, group: or domain: and a name.",
    ],
    [
      'a service account that does not exist',
      { bindings: [{ role: consumer, members: ['serviceAccount:a@b.c'] }] },
      'Service account a@b.c does not exist.',
    ],
    [
      'a condition',
      { bindings: [{ role: consumer, members: ['user:a@b.c'], condition: { expression: 'true' } }] },
      'Conditions in bindings are not supported.',
    ],
    ['audit configs', { auditConfigs: [{ service: 'allServices' }] }, 'Audit configs are not supported.'],
  ];
  for (const [name, policy, message] of bad)
    test(`refuses ${name}`, async (context) => {
      const { control } = await startBench(context);
      const answer = await control.call('POST', `/v1/services/${service}:setIamPolicy`, { policy });
      assert.deepEqual(errorOf(answer), { status: 'INVALID_ARGUMENT', message });
      assert.deepEqual(await control.ok('POST', `/v1/services/${service}:getIamPolicy`, {}), {
        etag: 'ACAB',
      });
    });

  test('needs the permission to set', async (context) => {
    const bench = await startBench(context);
    await grant(bench, `projects/${project}`, 'roles/editor');
    const path = `/v1/services/${service}:setIamPolicy`;
    assert.equal((await bench.control.call('POST', path, { policy: {} }, bench.token)).status, 403);
    await grant(bench, `projects/${project}`, 'roles/owner');
    assert.equal((await bench.control.call('POST', path, { policy: {} }, bench.token)).status, 200);
  });
});

describe('createAuthorizer', () => {
  // Which of gcloud's ten permissions each role carries, by their verbs.
  const matrix: Readonly<Record<string, string>> = {
    'roles/servicemanagement.serviceController': 'get getProjectSettings check report',
    'roles/servicemanagement.serviceConsumer': 'bind',
    'roles/servicemanagement.configEditor': 'get getProjectSettings update updateProjectSettings',
    'roles/servicemanagement.reporter': 'report',
    'roles/servicemanagement.checker': 'check',
    'roles/servicemanagement.quotaAdmin': '',
    'roles/servicemanagement.admin':
      'get getProjectSettings delete update bind updateProjectSettings check report setIamPolicy getIamPolicy',
    'roles/viewer': 'get getProjectSettings',
    'roles/editor': 'get getProjectSettings delete update bind updateProjectSettings check report',
    'roles/owner':
      'get getProjectSettings delete update bind updateProjectSettings check report setIamPolicy getIamPolicy',
    'roles/cloudtrace.agent': '',
  };
  for (const [role, verbs] of Object.entries(matrix))
    for (const place of ['services', 'projects'])
      test(`grants what ${role} carries when given on ${place}`, async (context) => {
        const bench = await startBench(context);
        await grant(bench, place === 'services' ? `services/${service}` : `projects/${project}`, role);
        const expected =
          verbs === '' ? [] : verbs.split(' ').map((verb) => `servicemanagement.services.${verb}`);
        assert.deepEqual(await held(bench, `services/${service}`, gcloudPermissions), expected);
      });

  test('does not carry a role on one service to another or up to the project', async (context) => {
    const bench = await startBench(context);
    const other = 'other.example.com';
    await bench.control.store.managedServices.insert({
      serviceName: other,
      producerProjectId: project,
      createdAtMs: 1,
    });
    await grant(bench, `services/${other}`, 'roles/servicemanagement.admin');
    assert.deepEqual(await held(bench, `services/${service}`, gcloudPermissions), []);
    assert.deepEqual(await held(bench, `projects/${project}`, ['resourcemanager.projects.get']), []);
  });

  test('carries a role on a service down to its consumers', async (context) => {
    const bench = await startBench(context);
    await grant(bench, `services/${service}`, 'roles/servicemanagement.serviceConsumer');
    const bind = ['servicemanagement.services.bind'];
    assert.deepEqual(await held(bench, `services/${service}/consumers/project:x`, bind), bind);
  });

  test('grants nothing on what does not exist, even to the owner', async (context) => {
    const { control } = await startBench(context);
    const path = '/v1/services/none.example.com:testIamPermissions';
    assert.deepEqual(await control.ok('POST', path, { permissions: gcloudPermissions }), {});
  });

  test('gives a later account of the same name nothing', async (context) => {
    const bench = await startBench(context);
    await grant(bench, `services/${service}`, 'roles/viewer');
    const account = `/v1/projects/-/serviceAccounts/robot-1@${project}.iam.gserviceaccount.com`;
    const { uniqueId } = await bench.control.ok('GET', account);
    await bench.control.ok('DELETE', account);
    const token = await bench.control.sign(await bench.control.account(project, 'robot-1'));
    assert.deepEqual(await held({ ...bench, token }, `services/${service}`, gcloudPermissions), []);
    const policy = await bench.control.ok('POST', `/v1/services/${service}:getIamPolicy`, {});
    assert.deepEqual(policy['bindings'], [
      { role: 'roles/viewer', members: [`deleted:${bench.member}?uid=${String(uniqueId)}`] },
    ]);
  });
});
