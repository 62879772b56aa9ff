import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../helpers/eventually.ts';
import { freePort } from '../helpers/ports.ts';
import type { Program } from '../helpers/program.ts';
import { Workspace } from '../helpers/workspace.ts';

interface Serving {
  readonly ports: readonly number[];
  readonly adminPort: number;
}

interface RunningProxy {
  readonly program: Program;
  readonly url: string;
  readonly admin: string;
}

function serviceConfig(...paths: string[]): string {
  const methods = paths.map((path) => ({ name: path.slice(1) }));
  return JSON.stringify({
    name: 'life.example.com',
    id: paths.join('-').replaceAll('/', ''),
    apis: [{ name: 'life.Api', version: '1', methods }],
    http: { rules: paths.map((path) => ({ selector: `life.Api.${path.slice(1)}`, get: path })) },
    usage: { rules: [{ selector: '*', allowUnregisteredCalls: true }] },
  });
}

async function startBackend(
  context: TestContext,
  onRequest: Parameters<typeof createServer>[1],
): Promise<string> {
  const server: Server = createServer(onRequest);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startProxy(workspace: Workspace, backend: string, ...flags: string[]): Promise<RunningProxy> {
  const adminPort = await freePort();
  const program = workspace.start(
    'proxy',
    '--service_json_path=service.json',
    '--http_port=0',
    `--backend=${backend}`,
    `--status_port=${adminPort}`,
    ...flags,
  );
  const serving = JSON.parse(await program.waitForLine(/"message":"serving"/)) as Serving;
  return {
    program,
    url: `http://127.0.0.1:${serving.ports[0]}`,
    admin: `http://127.0.0.1:${serving.adminPort}`,
  };
}

/** One request on a connection of its own. */
function ask(url: string): Promise<{ status: number; body: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, connection: response.headers.connection }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('the life of a proxy process', { timeout: 120_000 }, () => {
  it('finishes what is in flight after SIGTERM and exits with 0', async (context) => {
    const workspace = new Workspace(context);
    writeFileSync(workspace.path('service.json'), serviceConfig('/slow'));
    const { promise: held, resolve: hold } = Promise.withResolvers<ServerResponse>();
    const backend = await startBackend(context, (_request, response) => hold(response));
    const { program, url, admin } = await startProxy(workspace, backend, '--drain_delay=300ms');
    const answer = ask(`${url}/slow`);
    const response = await held;
    program.child.kill('SIGTERM');
    await eventually(
      async () => (await ask(`${admin}/readyz`)).status,
      (status) => status === 503,
    );
    response.end('finished');
    assert.equal((await answer).body, 'finished');
    assert.equal((await program.finished()).code, 0);
  });

  it('takes requests during the drain delay, and closes their connections', async (context) => {
    const workspace = new Workspace(context);
    writeFileSync(workspace.path('service.json'), serviceConfig('/pets'));
    const backend = await startBackend(context, (_request, response) => response.end('pets'));
    const { program, url, admin } = await startProxy(workspace, backend, '--drain_delay=1s');
    program.child.kill('SIGTERM');
    await eventually(
      async () => (await ask(`${admin}/readyz`)).status,
      (status) => status === 503,
    );
    assert.equal((await ask(`${url}/pets`)).status, 200);
    assert.equal((await program.finished()).code, 0);
  });

  it('ends at once at the second signal', async (context) => {
    const workspace = new Workspace(context);
    writeFileSync(workspace.path('service.json'), serviceConfig('/pets'));
    const backend = await startBackend(context, (_request, response) => response.end('pets'));
    const { program } = await startProxy(workspace, backend, '--drain_delay=60s');
    program.child.kill('SIGTERM');
    await program.waitForLine(/"message":"draining"/);
    program.child.kill('SIGTERM');
    assert.equal((await program.finished()).code, 130);
  });

  it('serves a changed config after SIGHUP and keeps the old one when the new one is broken', async (context) => {
    const workspace = new Workspace(context);
    const file = workspace.path('service.json');
    writeFileSync(file, serviceConfig('/pets'));
    const backend = await startBackend(context, (_request, response) => response.end('served'));
    const { program, url } = await startProxy(workspace, backend);
    writeFileSync(file, serviceConfig('/animals'));
    program.child.kill('SIGHUP');
    await eventually(
      async () => (await ask(`${url}/animals`)).status,
      (status) => status === 200,
    );
    assert.equal((await ask(`${url}/pets`)).status, 404);
    writeFileSync(file, '{"name":');
    program.child.kill('SIGHUP');
    await program.waitForLine(/reload failed, the last config keeps serving/);
    assert.equal((await ask(`${url}/animals`)).status, 200);
  });

  it('opens its access log anew after SIGUSR1', async (context) => {
    const workspace = new Workspace(context);
    writeFileSync(workspace.path('service.json'), serviceConfig('/pets'));
    const log = workspace.path('access.log');
    const backend = await startBackend(context, (_request, response) => response.end('pets'));
    const { program, url } = await startProxy(
      workspace,
      backend,
      `--access_log=${log}`,
      '--access_log_format=%RESPONSE_CODE%',
    );
    await ask(`${url}/pets`);
    await eventually(
      async () => existsSync(log) && readFileSync(log, 'utf8'),
      (text) => text === '200\n',
    );
    renameSync(log, `${log}.1`);
    program.child.kill('SIGUSR1');
    await ask(`${url}/nothing`);
    await eventually(
      async () => existsSync(log) && readFileSync(log, 'utf8'),
      (text) => text === '404\n',
    );
    assert.equal(readFileSync(`${log}.1`, 'utf8'), '200\n');
  });

  it('replaces a worker that dies while the others serve', async (context) => {
    const workspace = new Workspace(context);
    writeFileSync(workspace.path('service.json'), serviceConfig('/pets'));
    const backend = await startBackend(context, (_request, response) => response.end('pets'));
    const { program, url, admin } = await startProxy(
      workspace,
      backend,
      '--worker_processes=2',
      '--drain_delay=0s',
    );
    const workers = async (): Promise<number[]> => {
      const { body } = await ask(`${admin}/endpoints_status`);
      return (JSON.parse(body) as { processes: Array<{ processId: number }> }).processes.map(
        (one) => one.processId,
      );
    };
    const before = await workers();
    assert.equal(before.length, 2);
    process.kill(before[0] as number, 'SIGKILL');
    const after = await eventually(
      async () => await workers().catch((): number[] => []),
      (pids) => pids.length === 2 && !pids.includes(before[0] as number),
    );
    assert.ok(after.includes(before[1] as number));
    assert.equal((await ask(`${url}/pets`)).status, 200);
    assert.equal((await program.stop('SIGTERM')).code, 0);
    await assert.rejects(
      new Promise(
        (resolve, reject) =>
          void connect(Number(new URL(url).port), '127.0.0.1')
            .on('connect', resolve)
            .on('error', reject),
      ),
    );
  });
});

describe('a rollout of two configs', { timeout: 120_000 }, () => {
  const project = 'split-project';
  const service = `split.endpoints.${project}.cloud.goog`;

  it('splits traffic by its percentages, and keeps a consumer on its config', async (context) => {
    const workspace = new Workspace(context);
    const server = workspace.start('server', '--data=.gatehouse', '--port=0', '--format=json');
    const { control } = JSON.parse(await server.waitForLine(/^\{"management"/)) as { control: string };
    const token = readFileSync(workspace.path('.gatehouse', 'owner-token'), 'utf8').trim();
    const call = async (path: string, body: unknown): Promise<void> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${control}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200, await response.text());
    };
    await workspace.run('projects', 'create', project);
    await call('/v1/services', { serviceName: service, producerProjectId: project });
    for (const path of ['/one', '/two']) {
      // Both paths are known to both; only the method that answers differs.
      const config = JSON.parse(serviceConfig('/who')) as Record<string, unknown>;
      await call(`/v1/services/${service}/configs`, {
        ...config,
        id: path.slice(1),
        name: service,
        configVersion: 3,
        backend: {
          rules: [
            {
              selector: 'life.Api.who',
              address: `http://${await startBackend(context, (_request, response) => response.end(path))}`,
              pathTranslation: 'APPEND_PATH_TO_ADDRESS',
              disableAuth: true,
            },
          ],
        },
      });
    }
    await call(`/v1/services/${service}/rollouts`, {
      trafficPercentStrategy: { percentages: { one: 30, two: 70 } },
    });
    await workspace.run('iam', 'service-accounts', 'create', 'proxy-account', '--project', project);
    const account = `proxy-account@${project}.iam.gserviceaccount.com`;
    await workspace.run('iam', 'service-accounts', 'keys', 'create', 'key.json', `--iam-account=${account}`);
    await workspace.run(
      'endpoints',
      'services',
      'add-iam-policy-binding',
      service,
      '--member',
      `serviceAccount:${account}`,
      '--role',
      'roles/servicemanagement.serviceController',
    );
    const proxy = workspace.start(
      'proxy',
      `--service=${service}`,
      '--rollout_strategy=managed',
      '--http_port=0',
      '--service_account_key=key.json',
      '--enable_backend_routing',
      '--drain_delay=0s',
    );
    const { ports } = JSON.parse(await proxy.waitForLine(/"message":"serving"/)) as Serving;
    const url = `http://127.0.0.1:${ports[0]}/who`;

    const sent = 400;
    let ones = 0;
    for (let i = 0; i < sent; i++) if ((await (await fetch(url)).text()) === '/one') ones++;
    // 400 draws at 30 %: a deviation of 5 standard deviations (46) is no chance.
    assert.ok(Math.abs(ones - 120) < 46, `${ones} of ${sent}`);

    for (const key of ['consumer-a', 'consumer-b', 'consumer-c']) {
      const answers = new Set<string>();
      for (let i = 0; i < 10; i++) answers.add(await (await fetch(`${url}?key=${key}`)).text());
      assert.equal(answers.size, 1, key);
    }
  });
});
