// The seed's walkthrough, step by step, with the real commands as child processes and real sockets between them.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../helpers/eventually.ts';
import { HttpLoad } from '../helpers/http-load.ts';
import { freePort } from '../helpers/ports.ts';
import type { Program } from '../helpers/program.ts';
import { Workspace } from '../helpers/workspace.ts';

const root = join(import.meta.dirname, '../..');
const project = 'example-project-12345';
const service = `echo-api.endpoints.${project}.cloud.goog`;
const accountId = 'esp-runner';
const account = `${accountId}@${project}.iam.gserviceaccount.com`;
const message = '{"message":"hello world"}';

function v1Error(code: number, text: string, detail = 'service_control'): string {
  return `{
 "code": ${code},
 "message": "${text}",
 "details": [
  {
   "@type": "type.googleapis.com/google.rpc.DebugInfo",
   "stackEntries": [],
   "detail": "${detail}"
  }
 ]
}
`;
}

const noKey = v1Error(
  16,
  "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
);
const badKey = v1Error(3, 'API key not valid. Please pass a valid API key.');
const expiredKey = v1Error(3, 'API key expired. Please renew the API key.');

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function echo(url: string): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: message,
  });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

describe('the walkthrough of the seed', { timeout: 180_000 }, () => {
  const cleanUps: Array<() => unknown> = [];
  const workspace = new Workspace({ after: (work) => void cleanUps.push(work as () => unknown) });
  let sampleUrl = '';
  let controlPort = 0;
  let control: Program;
  let gate = '';
  let quickGate = '';
  let quickProxy: Program;
  let key = '';
  let keyName = '';

  async function startControlPlane(): Promise<Program> {
    const program = workspace.start('server', '--data=.gatehouse', `--port=${controlPort}`, '--format=json');
    await program.waitForLine(/"management"/);
    return program;
  }

  async function startProxy(port: number, ...flags: string[]): Promise<Program> {
    const program = workspace.start(
      'proxy',
      `--service=${service}`,
      '--rollout_strategy=managed',
      `--http_port=${port}`,
      `--backend=${new URL(sampleUrl).host}`,
      `--service_account_key=${workspace.path('service-account-creds.json')}`,
      ...flags,
    );
    await program.waitForLine(/"message":"serving"/);
    return program;
  }

  before(async () => {
    controlPort = await freePort();
  });

  after(async () => {
    for (const work of cleanUps) await work();
  });

  it('starts the sample API', async () => {
    const sample = workspace.node(join(root, 'sample/echo/main.ts'), '--port=0');
    sampleUrl = /http:\S+/.exec(await sample.waitForLine(/listening/))?.[0] ?? '';
    assert.notEqual(sampleUrl, '');
  });

  it('starts the control plane', async () => {
    control = await startControlPlane();
  });

  it('deploys the document and ends with the line that scripts look for', async () => {
    await workspace.run('projects', 'create', project);
    await workspace.run('config', 'set', 'project', project);
    const document = readFileSync(join(root, 'sample/echo/openapi.yaml'), 'utf8').replaceAll(
      'YOUR-PROJECT-ID',
      project,
    );
    writeFileSync(workspace.path('openapi.yaml'), document);
    const deployed = await workspace.run('endpoints', 'services', 'deploy', 'openapi.yaml');
    assert.match(
      deployed.stderr,
      new RegExp(
        `Service Configuration \\[\\d{4}-\\d\\d-\\d\\dr0\\] uploaded for service \\[${service.replaceAll('.', '\\.')}\\]`,
      ),
    );
    assert.equal(
      deployed.stderr.match(
        /WARNING: openapi\.yaml: Operation 'get' in path '\/auth\/info\/\w+': Operation does not require an API key/g,
      )?.length,
      3,
    );
  });

  it('creates the service account, its key file and its role on the service', async () => {
    const created = await workspace.run(
      'iam',
      'service-accounts',
      'create',
      accountId,
      '--display-name',
      'My Service Account',
    );
    assert.match(created.stderr, /Created service account \[esp-runner\]\./);
    const keyed = await workspace.run(
      'iam',
      'service-accounts',
      'keys',
      'create',
      'service-account-creds.json',
      `--iam-account=${account}`,
    );
    assert.match(
      keyed.stderr,
      /created key \[[0-9a-f]{40}\] of type \[json\] as \[service-account-creds\.json\] for \[esp-runner@/,
    );
    assert.equal(statSync(workspace.path('service-account-creds.json')).mode & 0o777, 0o600);
    const role = 'roles/servicemanagement.serviceController';
    const bound = await workspace.run(
      'endpoints',
      'services',
      'add-iam-policy-binding',
      service,
      '--member',
      `serviceAccount:${account}`,
      '--role',
      role,
    );
    assert.match(bound.stderr, /Updated IAM policy for service/);
    assert.match(bound.stdout, /- members:\n {2}- serviceAccount:esp-runner@/);
  });

  it("starts the proxy with exactly the seed's flags", async () => {
    const port = await freePort();
    await startProxy(port);
    gate = `http://127.0.0.1:${port}/echo`;
  });

  it('answers directly at the backend', async () => {
    const answer = await echo(`${sampleUrl}/echo`);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body), { message: 'hello world' });
  });

  it("refuses a call without a key with the seed's body", async () => {
    assert.deepEqual(await echo(gate), { status: 401, type: 'application/json', body: noKey });
  });

  it('serves a call with a key', async () => {
    const created = await workspace.run('services', 'api-keys', 'create', '--display-name=walkthrough');
    const result = JSON.parse(
      created.stderr.slice(created.stderr.indexOf('{'), created.stderr.lastIndexOf('}') + 1),
    ) as Record<string, string>;
    keyName = result['name'] ?? '';
    key = result['keyString'] ?? '';
    assert.match(key, /^AIza[\w-]{35}$/);
    const answer = await echo(`${gate}?key=${key}`);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.body), { message: 'hello world' });
  });

  it('refuses a wrong key', async () => {
    assert.deepEqual(await echo(`${gate}?key=${key.slice(0, -3)}AAA`), {
      status: 400,
      type: 'application/json',
      body: badKey,
    });
  });

  it('refuses check and report of an account without the role', async () => {
    await workspace.run('iam', 'service-accounts', 'create', 'nobody');
    await workspace.run(
      'iam',
      'service-accounts',
      'keys',
      'create',
      'nobody.json',
      `--iam-account=nobody@${project}.iam.gserviceaccount.com`,
    );
    const finished = await workspace.attempt(
      'proxy',
      `--service=${service}`,
      '--rollout_strategy=managed',
      '--http_port=0',
      `--service_account_key=${workspace.path('nobody.json')}`,
    );
    assert.equal(finished.code, 2);
    assert.match(finished.stderr, /403/);
  });

  it('refuses a deleted key once the cache has forgotten it', async () => {
    const port = await freePort();
    quickProxy = await startProxy(
      port,
      '--rollout_fetch_throttle_window_in_s=0',
      '--check_rollout_interval=200ms',
      '--check_cache_refresh=200ms',
      '--drain_delay=0s',
    );
    quickGate = `http://127.0.0.1:${port}/echo`;
    assert.equal((await echo(`${quickGate}?key=${key}`)).status, 200);
    await workspace.run('services', 'api-keys', 'delete', keyName, '--quiet');
    const refused = await eventually(
      () => echo(`${quickGate}?key=${key}`),
      (answer) => answer.status !== 200,
    );
    assert.deepEqual(refused, { status: 400, type: 'application/json', body: expiredKey });
    await workspace.run('services', 'api-keys', 'undelete', keyName);
    await eventually(
      () => echo(`${quickGate}?key=${key}`),
      (answer) => answer.status === 200,
    );
  });

  it('serves a second config without a restart and without a failed request', async () => {
    const url = quickGate.replace('/echo', '/auth/info/firebase');
    const load = new HttpLoad(`${quickGate}?key=${key}`, message, (status) => status === 200);
    assert.equal((await fetch(url.replace('firebase', 'open'))).status, 404);
    const path = workspace.path('openapi.yaml');
    const open = `  /auth/info/open:\n    get:\n      operationId: open\n      security: []\n      responses:\n        "200":\n          description: who calls\n`;
    writeFileSync(path, readFileSync(path, 'utf8').replace('paths:\n', `paths:\n${open}`));
    const deployed = await workspace.run('endpoints', 'services', 'deploy', 'openapi.yaml', '--force');
    assert.match(deployed.stderr, /Service Configuration \[\d{4}-\d\d-\d\dr1\] uploaded/);
    // The backend does not know the path: its own 404 has no body of the proxy.
    await eventually(
      async () => await (await fetch(url.replace('firebase', 'open'))).text(),
      (body) => !body.includes('Method does not exist.'),
    );
    const { requests, failures } = await load.stop();
    assert.deepEqual(failures, []);
    assert.ok(requests > 10, `${requests} requests`);
  });

  it('serves cached callers while the control plane is away', async () => {
    assert.equal((await echo(`${gate}?key=${key}`)).status, 200);
    await control.stop('SIGKILL');
    assert.equal((await echo(`${gate}?key=${key}`)).status, 200);
  });

  it('starts without a control plane on the last good config', async () => {
    await quickProxy.stop();
    const port = await freePort();
    const restarted = await startProxy(port, '--drain_delay=0s');
    // Nobody can say whether the key is good: ESP v1 lets the call pass, for its network fail policy is open.
    assert.equal((await echo(`http://127.0.0.1:${port}/echo?key=${key}`)).status, 200);
    assert.equal((await echo(`http://127.0.0.1:${port}/echo`)).status, 401);
    await restarted.stop();
  });

  it('has everything there after a restart', async () => {
    control = await startControlPlane();
    const { stdout: configs } = await workspace.run('endpoints', 'configs', 'list', '--service', service);
    assert.match(configs, /r1 .*\n.*r0 /);
    const { stdout: found } = await workspace.run('services', 'api-keys', 'get-key-string', keyName);
    assert.match(found, new RegExp(`keyString: ${key}`));
    const { stdout: policy } = await workspace.run('endpoints', 'services', 'get-iam-policy', service);
    assert.match(policy, /serviceAccount:esp-runner@/);
    const port = await freePort();
    const proxy = await startProxy(port, '--drain_delay=0s');
    assert.equal((await echo(`http://127.0.0.1:${port}/echo?key=${key}`)).status, 200);
    assert.equal((await proxy.stop()).code, 0);
  });
});
