import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { runCommandLine } from './command-line.ts';
import { startFakeControlPlane } from './testing/fake-control-plane.ts';
import type { Answer, FakeControlPlane } from './testing/fake-control-plane.ts';

const service = '/v1/services/a.example.com';
const operation = 'operations/serviceConfigs.a.example.com:1';
const denied: Answer = {
  status: 403,
  body: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'no' } },
};
const rolledOut: JsonValue = { name: 'operations/rollouts.a.example.com:1', done: true, response: {} };

/** A submit that ended with this response. */
function submitted(response: JsonValue): JsonValue {
  return { name: operation, done: true, response };
}

const happy: Readonly<Record<string, readonly Answer[]>> = {
  [`GET ${service}`]: [{ serviceName: 'a.example.com', producerProjectId: 'p1' }],
  [`POST ${service}/configs:submit`]: [submitted({ serviceConfig: { id: 'c1' } })],
  [`POST ${service}/rollouts`]: [rolledOut],
  [`GET ${service}/rollouts?pageSize=1&filter=status=SUCCESS`]: [{}],
};

async function start(
  context: TestContext,
  script: Readonly<Record<string, readonly Answer[]>>,
): Promise<FakeControlPlane> {
  const plane = await startFakeControlPlane(context, { ...happy, ...script });
  writeFileSync(join(plane.folder, 'a.yaml'), 'swagger: "2.0"\nhost: a.example.com\n');
  return plane;
}

const deploy = ['endpoints', 'services', 'deploy', 'a.yaml'];

describe('endpoints services deploy', () => {
  it('polls an operation until it is done, ever more slowly', async (context) => {
    const running = { name: operation, response: { serviceConfig: { id: 'c1' } } };
    const plane = await start(context, {
      [`POST ${service}/configs:submit`]: [running],
      [`GET /v1/${operation}`]: [running, running, submitted({ serviceConfig: { id: 'c1' } })],
    });
    const { code, stderr } = await plane.run(deploy);
    assert.equal(code, 0, stderr);
    assert.deepEqual(plane.sleptMs.map(Math.round), [1500, 1650, 1815]);
  });

  it('gives up after half an hour', async (context) => {
    const plane = await start(context, {
      [`POST ${service}/configs:submit`]: [{ name: operation }],
      [`GET /v1/${operation}`]: [{ name: operation }],
    });
    const { code, stderr } = await plane.run(deploy);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Timed out while waiting for operation \S+\. Note that the operation is still pending\.\n$/,
    );
    assert.ok(plane.sleptMs.every((ms) => ms <= 10_000));
  });

  it('stops at diagnostics that are errors', async (context) => {
    const diagnostics = [
      { location: 'a.yaml', message: 'careful' },
      { location: 'unknown location', kind: 'ERROR', message: 'wrong' },
    ];
    const plane = await start(context, {
      [`POST ${service}/configs:submit`]: [submitted({ serviceConfig: { id: 'c1' }, diagnostics })],
    });
    const { code, stderr } = await plane.run(deploy);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /\nWARNING: a\.yaml: careful\n\nERROR: unknown location: wrong\n\nERROR: \(gatehouse\.endpoints\.services\.deploy\) 1 diagnostic error\(s\) found in service configuration deployment\. See log for details\.\n$/,
    );
    assert.ok(!plane.calls.includes(`POST ${service}/rollouts`));
  });

  it('fails when no config id comes back', async (context) => {
    const plane = await start(context, { [`POST ${service}/configs:submit`]: [submitted({})] });
    const { code, stderr } = await plane.run(deploy);
    assert.equal(code, 1);
    assert.match(stderr, /Failed to retrieve Service Configuration Id\.\n$/);
  });

  it('sends every OpenAPI file as YAML under its base name', async (context) => {
    const plane = await start(context, {});
    await plane.run(['endpoints', 'services', 'deploy', join(plane.folder, 'a.yaml')]);
    const body = plane.bodies[plane.calls.indexOf(`POST ${service}/configs:submit`)];
    const fileContents = Buffer.from('swagger: "2.0"\nhost: a.example.com\n').toString('base64');
    assert.deepEqual(body, {
      configSource: { files: [{ filePath: 'a.yaml', fileContents, fileType: 'OPEN_API_YAML' }] },
    });
  });

  it('warns and goes on when the new service cannot be enabled', async (context) => {
    const plane = await start(context, {
      [`GET ${service}`]: [denied],
      'POST /v1/services': [{ name: 'operations/services.a.example.com-0', done: true, response: {} }],
      'POST /v1/projects/p1/services/a.example.com:enable': [denied],
    });
    const { code, stderr } = await plane.run(deploy);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /WARNING: Attempted to enable service \[a\.example\.com\] on project \[p1\], but did not have required permissions\./,
    );
  });

  describe('with advice from the server', () => {
    const changes = [1, 2, 3, 4].map((number) => ({
      element: `usage.rules[selector=="m${number}"]`,
      oldValue: 'true',
      changeType: 'REMOVED',
      advices: [{ description: 'Clients may break.' }],
    }));
    const advised: Readonly<Record<string, readonly Answer[]>> = {
      [`GET ${service}/rollouts?pageSize=1&filter=status=SUCCESS`]: [{ rollouts: [{ rolloutId: 'r' }] }],
      'POST /v1/services:generateConfigReport': [{ changeReports: [{ configChanges: changes }] }],
    };
    const warning = `WARNING: Element [usage.rules[selector=="m1"]] (old value = true) was removed. Advice:\n\t* Clients may break.\n`;

    it('shows three changes, counts the rest and stops at a no', async (context) => {
      const plane = await start(context, advised);
      const { code, stderr } = await plane.run(deploy, ['n']);
      assert.equal(code, 1);
      assert.ok(stderr.includes(warning), stderr);
      assert.ok(!stderr.includes('"m4"'));
      assert.match(stderr, /WARNING: 4 total changes with advice found\./);
      assert.ok(!plane.calls.includes(`POST ${service}/rollouts`));
    });

    it('asks for the step from what is served to the new config', async (context) => {
      const plane = await start(context, advised);
      await plane.run(deploy, ['y']);
      const type = 'type.googleapis.com/google.api.servicemanagement.v1.ConfigRef';
      assert.deepEqual(plane.bodies[plane.calls.indexOf('POST /v1/services:generateConfigReport')], {
        newConfig: { '@type': type, name: 'services/a.example.com/configs/c1' },
        oldConfig: { '@type': type, name: 'services/a.example.com' },
      });
      assert.ok(plane.calls.includes(`POST ${service}/rollouts`));
    });

    it('goes on with --force without asking', async (context) => {
      const plane = await start(context, advised);
      const { code, stderr } = await plane.run([...deploy, '--force'], []);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /proceeding anyway because --force is set\.\.\./);
    });

    it('goes on where nobody can answer', async (context) => {
      const plane = await start(context, advised);
      assert.equal((await plane.run(deploy)).code, 0);
    });

    it('does without when the server gives none', async (context) => {
      const unimplemented = {
        status: 501,
        body: { error: { status: 'UNIMPLEMENTED', message: 'Method not found.' } },
      };
      const plane = await start(context, {
        ...advised,
        'POST /v1/services:generateConfigReport': [unimplemented],
      });
      assert.equal((await plane.run(deploy)).code, 0);
    });
  });
});

describe('add-iam-policy-binding', () => {
  const line = [
    'endpoints',
    'services',
    'add-iam-policy-binding',
    'a.example.com',
    '--member',
    'user:a@b.c',
    '--role',
    'r',
  ];
  const policy = (etag: string): JsonValue => ({ etag, bindings: [{ role: 'r', members: ['user:x@y.z'] }] });
  const stale: Answer = { status: 409, body: { error: { code: 409, status: 'ABORTED', message: 'stale' } } };

  it('writes under the etag and begins anew when somebody else was faster', async (context) => {
    const plane = await start(context, {
      [`POST ${service}:getIamPolicy`]: [policy('MQ=='), policy('Mg==')],
      [`POST ${service}:setIamPolicy`]: [stale, policy('Mw==')],
    });
    const { code, stderr } = await plane.run(line);
    assert.equal(code, 0, stderr);
    assert.deepEqual(plane.bodies.at(-1), {
      policy: { etag: 'Mg==', bindings: [{ role: 'r', members: ['user:x@y.z', 'user:a@b.c'] }] },
    });
  });

  it('gives up after five attempts', async (context) => {
    const plane = await start(context, {
      [`POST ${service}:getIamPolicy`]: [policy('MQ==')],
      [`POST ${service}:setIamPolicy`]: [stale],
    });
    const { code, stderr } = await plane.run(line);
    assert.equal(code, 1);
    assert.match(stderr, /ABORTED: stale/);
    assert.equal(plane.calls.filter((call) => call.endsWith(':setIamPolicy')).length, 5);
  });

  it('puts a binding with a condition beside one without, in a policy of version 3', async (context) => {
    const plane = await start(context, {
      [`POST ${service}:getIamPolicy`]: [policy('MQ==')],
      [`POST ${service}:setIamPolicy`]: [{}],
    });
    await plane.run([
      ...line,
      '--condition',
      'expression=request.time < timestamp("2027-01-01T00:00:00Z"),title=until, say, 2027',
    ]);
    const condition = {
      expression: 'request.time < timestamp("2027-01-01T00:00:00Z")',
      title: 'until, say, 2027',
    };
    assert.deepEqual(plane.bodies.at(-1), {
      policy: {
        version: 3,
        etag: 'MQ==',
        bindings: [
          { role: 'r', members: ['user:x@y.z'] },
          { role: 'r', members: ['user:a@b.c'], condition },
        ],
      },
    });
  });
});

describe('list commands', () => {
  it('read page after page', async (context) => {
    const plane = await start(context, {
      'GET /v1/projects': [{ projects: [{ projectId: 'a', lifecycleState: 'ACTIVE' }], nextPageToken: 'T' }],
      'GET /v1/projects?pageToken=T': [
        {
          projects: [
            { projectId: 'b', lifecycleState: 'ACTIVE' },
            { projectId: 'c', lifecycleState: 'DELETE_REQUESTED' },
          ],
        },
      ],
    });
    const { stdout } = await plane.run(['projects', 'list', '--format=value(projectId)']);
    assert.equal(stdout, 'a\nb\n');
  });
});

describe('runCommandLine', () => {
  it('runs commands of the composition and ends with their code', async (context) => {
    const plane = await start(context, {});
    const printed: string[] = [];
    const code = await runCommandLine(
      ['serve', '--port', '7'],
      {
        env: {},
        cwd: plane.folder,
        stdout: (text) => printed.push(text),
        stderr: () => undefined,
        ask: undefined,
        sleep: () => Promise.resolve(),
        nowMs: () => 0,
        signal: new AbortController().signal,
      },
      {
        commands: [
          {
            kind: 'plain',
            path: ['serve'],
            summary: 'Serve.',
            examples: [],
            define: (command, run) =>
              command.option('--port <port>').action(({ port }: { port: string }) =>
                run((environment) => {
                  environment.stdout(port);
                  return Promise.resolve(3);
                }),
              ),
          },
        ],
      },
    );
    assert.deepEqual([code, printed], [3, ['7']]);
  });

  it('names what answers in no Google API’s way', async (context) => {
    const plane = await start(context, { 'GET /v1/projects': [{ status: 200, body: ['nonsense'] }] });
    const { code, stderr } = await plane.run(['projects', 'list']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /answered HTTP 200 with something that is no Google API answer; is a control plane there\?/,
    );
  });
});
