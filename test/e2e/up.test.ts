import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/ports.ts';
import type { Program } from '../helpers/program.ts';
import { Workspace } from '../helpers/workspace.ts';

interface UpReport {
  readonly service: string;
  readonly configId: string;
  readonly proxy: string;
  readonly management: string;
  readonly control: string;
  readonly console: string | null;
  readonly project: string;
  readonly apiKey: string;
  readonly serviceAccountKey: string;
}

interface KeyFile {
  readonly private_key_id: string;
  readonly client_email: string;
}

const anyPorts = ['--http_port=0', '--control_port=0'];

async function up(workspace: Workspace, ...args: string[]): Promise<{ program: Program; report: UpReport }> {
  const program = workspace.start('up', ...args, ...anyPorts, '--format=json');
  const report = JSON.parse(await program.waitForLine(/^\{"service"/)) as UpReport;
  return { program, report };
}

async function post(url: string): Promise<{ status: number; body: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"message":"hi"}',
  });
  return { status: response.status, body: await response.text() };
}

function openapi(path: string): string {
  return `swagger: "2.0"
info: { title: Pets, version: 1.0.0 }
host: pets.example.com
securityDefinitions:
  api_key: { type: apiKey, name: key, in: query }
security: [{ api_key: [] }]
paths:
  ${path}:
    get:
      operationId: list
      responses: { "200": { description: pets } }
`;
}

async function startBackend(context: TestContext): Promise<string> {
  const server = createServer((request, response) => response.end(`backend saw ${request.url}`));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('gatehouse up', { timeout: 120_000 }, () => {
  it('serves the sample API behind the gate without any argument', async (context) => {
    const workspace = new Workspace(context);
    const { program, report } = await up(workspace);
    assert.deepEqual(Object.keys(report), [
      'service',
      'configId',
      'proxy',
      'management',
      'control',
      'console',
      'project',
      'apiKey',
      'serviceAccountKey',
    ]);
    assert.equal(report.service, 'echo-api.endpoints.gatehouse-local.cloud.goog');
    assert.equal(report.console, null);
    assert.equal((await post(`${report.proxy}/echo`)).status, 401);
    assert.deepEqual(await post(`${report.proxy}/echo?key=${report.apiKey}`), {
      status: 200,
      body: '{"message":"hi"}',
    });
    assert.equal(statSync(report.serviceAccountKey).mode & 0o777, 0o600);
    assert.equal((await program.stop('SIGINT')).code, 0);
  });

  it('prints two curl lines to paste', async (context) => {
    const workspace = new Workspace(context);
    const program = workspace.start('up', ...anyPorts);
    await program.waitForLine(/Ctrl-C/);
    const lines = program.stdout.filter((line) => line.trim().startsWith('curl'));
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /\/echo$/);
    assert.match(lines[1] ?? '', /\/echo\?key=AIza[\w-]{35}'$/);
  });

  it('serves through ESPv2 when asked', async (context) => {
    const { report } = await up(new Workspace(context), '--runtime_version=2');
    const refused = await post(`${report.proxy}/echo`);
    assert.equal(refused.status, 401);
    assert.match(refused.body, /UNAUTHENTICATED/);
    assert.equal((await post(`${report.proxy}/echo?key=${report.apiKey}`)).status, 200);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`leaves nothing behind when ${signal} comes while it starts`, async (context) => {
      const workspace = new Workspace(context);
      const program = workspace.start('up', ...anyPorts);
      await eventually(
        () => Promise.resolve(existsSync(workspace.path('.gatehouse', 'endpoint.json'))),
        (isThere) => isThere,
      );
      assert.equal((await program.stop(signal)).code, 1);
      assert.deepEqual(program.stderr, ['ERROR: (gatehouse.up) Interrupted.']);
      assert.deepEqual(program.stdout, []);
      assert.equal(existsSync(workspace.path('.gatehouse')), false);
      assert.equal(execFileSync('ps', ['-Ao', 'args']).includes(workspace.path('.gatehouse')), false);
    });

  it('takes its programs along when it is killed', async (context) => {
    const { program, report } = await up(new Workspace(context));
    await program.stop('SIGKILL');
    await eventually(
      () =>
        fetch(report.proxy).then(
          () => 'answers',
          () => 'gone',
        ),
      (state) => state === 'gone',
    );
  });

  it('says what happened when a part of it dies', async (context) => {
    const workspace = new Workspace(context);
    const { program } = await up(workspace);
    const children = execFileSync('ps', ['-Ao', 'ppid=,pid='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([parent]) => parent === program.pid);
    process.kill(children[0]?.[1] as number, 'SIGKILL');
    const { code, stderr } = await program.finished();
    assert.equal(code, 1);
    assert.match(stderr, /a part ended by itself/);
  });

  it('serves another project from the same folder', async (context) => {
    const workspace = new Workspace(context);
    await (await up(workspace)).program.stop();
    const { report } = await up(workspace, '--project=other-project');
    assert.equal(report.service, 'echo-api.endpoints.other-project.cloud.goog');
    assert.equal((await post(`${report.proxy}/echo?key=${report.apiKey}`)).status, 200);
  });

  it('makes the proxy another key when the one on file is no longer good', async (context) => {
    const workspace = new Workspace(context);
    const first = await up(workspace);
    const keyOf = (): KeyFile => JSON.parse(readFileSync(first.report.serviceAccountKey, 'utf8')) as KeyFile;
    const { private_key_id: keyId, client_email: account } = keyOf();
    const flags = ['--iam-account', account, '--quiet'];
    await workspace.run('iam', 'service-accounts', 'keys', 'delete', keyId, ...flags);
    await first.program.stop();
    const { report } = await up(workspace);
    assert.notEqual(keyOf().private_key_id, keyId);
    assert.equal((await post(`${report.proxy}/echo?key=${report.apiKey}`)).status, 200);
  });

  it('refuses a format that it does not have', async (context) => {
    const { code, stderr } = await new Workspace(context).attempt('up', '--format=xml');
    assert.equal(code, 2);
    assert.match(stderr, /Allowed choices are json/);
  });

  it('continues on the same data with the same key and config', async (context) => {
    const workspace = new Workspace(context);
    const first = await up(workspace);
    assert.equal((await first.program.stop('SIGTERM')).code, 0);
    const second = await up(workspace);
    assert.equal(second.report.apiKey, first.report.apiKey);
    assert.equal(second.report.configId, first.report.configId);
    assert.equal((await post(`${second.report.proxy}/echo?key=${second.report.apiKey}`)).status, 200);
  });

  it('deploys a new config when the document changed', async (context) => {
    const workspace = new Workspace(context);
    const backend = await startBackend(context);
    const document = workspace.path('pets.yaml');
    writeFileSync(document, openapi('/pets'));
    const first = await up(workspace, 'pets.yaml', `--backend=${backend}`);
    assert.equal(
      await (await fetch(`${first.report.proxy}/pets?key=${first.report.apiKey}`)).text(),
      `backend saw /pets?key=${first.report.apiKey}`,
    );
    await first.program.stop();
    writeFileSync(document, openapi('/animals'));
    const second = await up(workspace, 'pets.yaml', `--backend=${backend}`);
    assert.notEqual(second.report.configId, first.report.configId);
    assert.equal((await fetch(`${second.report.proxy}/animals?key=${second.report.apiKey}`)).status, 200);
    assert.equal((await fetch(`${second.report.proxy}/pets?key=${second.report.apiKey}`)).status, 404);
  });

  it('takes a deploy from the client beside it into service', async (context) => {
    const workspace = new Workspace(context);
    const backend = await startBackend(context);
    writeFileSync(workspace.path('pets.yaml'), openapi('/pets'));
    const { report } = await up(workspace, 'pets.yaml', `--backend=${backend}`);
    writeFileSync(workspace.path('pets.yaml'), openapi('/animals'));
    await workspace.run('endpoints', 'services', 'deploy', 'pets.yaml', '--force');
    await eventually(
      async () => (await fetch(`${report.proxy}/animals?key=${report.apiKey}`)).status,
      (status) => status === 200,
    );
  });

  const mistakes: Array<
    [
      name: string,
      prepare: (workspace: Workspace, context: TestContext) => Promise<string[]>,
      message: RegExp,
    ]
  > = [
    [
      'a missing document',
      async () => ['nowhere.yaml', ...anyPorts],
      /nowhere\.yaml: no such file; name an OpenAPI document/,
    ],
    [
      'a broken document',
      async (workspace) => {
        writeFileSync(
          workspace.path('bad.yaml'),
          openapi('/pets').replace('operationId: list', 'operationID: list'),
        );
        return ['bad.yaml', ...anyPorts];
      },
      /bad\.yaml:\d+:\d+: .*operationId/,
    ],
    [
      'an impossible project',
      async () => ['--project=../Shop', ...anyPorts],
      /--project: Invalid project id '\.\.\/Shop': 6 to 30 lower-case letters/,
    ],
    [
      'an unreachable backend',
      async (workspace) => {
        writeFileSync(workspace.path('pets.yaml'), openapi('/pets'));
        return ['pets.yaml', `--backend=127.0.0.1:${await freePort()}`, ...anyPorts];
      },
      /--backend: nothing answers at 127\.0\.0\.1:\d+; start your API, or name its address with --backend/,
    ],
    [
      'a taken port',
      async (_workspace, context) => [
        `--http_port=${(await startBackend(context)).split(':')[1]}`,
        '--control_port=0',
      ],
      /--http_port: port \d+ is taken; stop what uses it, or choose another port with --http_port/,
    ],
  ];
  for (const [name, prepare, message] of mistakes) {
    it(`says in one line what to do about ${name}, and leaves nothing behind`, async (context) => {
      const workspace = new Workspace(context);
      const { code, stderr, stdout } = await workspace.attempt('up', ...(await prepare(workspace, context)));
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1);
      assert.equal(stdout, '');
      assert.equal(existsSync(workspace.path('.gatehouse')), false);
    });
  }

  it('refuses a data folder that another process holds, and leaves it alone', async (context) => {
    const workspace = new Workspace(context);
    const { program, report } = await up(workspace);
    const { code, stderr } = await workspace.attempt('up', ...anyPorts);
    assert.equal(code, 2);
    assert.match(
      stderr,
      new RegExp(`\\.gatehouse: .*${program.pid}.*; stop that process, or choose another folder with --data`),
    );
    assert.equal((await post(`${report.proxy}/echo?key=${report.apiKey}`)).status, 200);
    assert.equal(
      JSON.parse(readFileSync(workspace.path('.gatehouse', 'endpoint.json'), 'utf8')).url,
      report.control,
    );
  });
});
