import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startControlPlane } from './control-plane.ts';

const service = 'echo-api.endpoints.example-project-1.cloud.goog';
const config = `operations/serviceConfigs.${service}:UUID`;
const rollout = `operations/rollouts.${service}:UUID`;

/** The lines of a wait. */
function waited(operation: string): string {
  return `Waiting for async operation ${operation} to complete...
Operation finished successfully. The following command can describe the Operation details:
 gatehouse endpoints operations describe ${operation}

`;
}

/** The warning about a method that anybody may call. */
function warning(path: string): string {
  return `WARNING: openapi.yaml: Operation 'get' in path '${path}': Operation does not require an API key; callers may invoke the method without specifying an associated API-consuming project. To enable API key all the SecurityRequirement Objects (https://github.com/OAI/OpenAPI-Specification/blob/master/versions/2.0.md#security-requirement-object) inside security definition must reference at least one SecurityDefinition of type : 'apiKey'.

`;
}

const warnings = ['firebase', 'googleidtoken', 'googlejwt']
  .map((name) => warning(`/auth/info/${name}`))
  .join('');

/** The end of a deploy. */
function uploaded(id: string): string {
  return `Service Configuration [${id}] uploaded for service [${service}]

To manage your API, go to: URL/console/endpoints/api/${service}/overview?project=example-project-1
`;
}

describe('endpoints services deploy', () => {
  it('creates, uploads, rolls out and enables a new service', async (context) => {
    const plane = await startControlPlane(context);
    const ran = await plane.run('endpoints services deploy openapi.yaml');
    assert.deepEqual(ran, {
      code: 0,
      stdout: '',
      stderr:
        waited(`operations/services.${service}-0`) +
        waited(config) +
        warnings +
        waited(rollout) +
        `Enabling service [${service}] on project [example-project-1]...\n\n` +
        uploaded('2026-01-31r0'),
    });
  });

  it('uploads and rolls out the next config of a service that is there', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stderr } = await plane.ok('endpoints services deploy openapi.yaml');
    assert.equal(stderr, waited(config) + warnings + waited(rollout) + uploaded('2026-01-31r1'));
  });

  it('says with --async how to wait', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stderr } = await plane.ok('endpoints services deploy openapi.yaml --async');
    const inProgress = (operation: string): string =>
      `Asynchronous operation is in progress... Use the following command to wait for its completion:\n gatehouse endpoints operations wait ${operation}\n\n`;
    assert.equal(stderr, inProgress(config) + warnings + inProgress(rollout) + uploaded('2026-01-31r1'));
  });

  it('only compiles with --validate-only', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const ran = await plane.ok(
      'endpoints services deploy openapi.yaml --validate-only --format=value(serviceConfig.id,serviceConfig.name)',
    );
    assert.deepEqual(ran, {
      code: 0,
      stdout: `2026-01-31r1\t${service}\n`,
      stderr: waited(config) + warnings,
    });
    const { stdout } = await plane.ok(`endpoints configs list --service ${service} --format=value(id)`);
    assert.equal(stdout, '2026-01-31r0\n');
  });

  it('refuses to validate for a service that is not there', async (context) => {
    const plane = await startControlPlane(context);
    const ran = await plane.run('endpoints services deploy openapi.yaml --validate-only');
    assert.deepEqual(ran, {
      code: 1,
      stdout: '',
      stderr: `ERROR: (gatehouse.endpoints.services.deploy) The service ${service} must exist in order to validate the configuration. To create the service in project example-project-1, rerun the command without the --validate-only flag.\n`,
    });
  });

  it('fails with the compiler’s words when the files do not compile', async (context) => {
    const plane = await startControlPlane(context);
    const bad = `swagger: "2.0"\nhost: ${service}\ninfo: {title: T, version: 1.0.0}\npaths: {/x: {get: {responses: {"200": {description: d}}}}}\n`;
    writeFileSync(join(plane.folder, 'bad.yaml'), bad);
    const ran = await plane.run('endpoints services deploy bad.yaml');
    assert.equal(ran.code, 1);
    const [, failure] = ran.stderr.split('ERROR: ');
    assert.match(
      String(failure),
      /^\(gatehouse\.endpoints\.services\.deploy\) The operation with ID operations\/serviceConfigs\.\S+ resulted in a failure\. INVALID_ARGUMENT: Cannot convert to service config\.\n'location: "bad\.yaml[\s\S]*operationId/,
    );
  });

  it('takes a config that is compiled already', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stdout } = await plane.ok(
      `endpoints configs describe 2026-01-31r0 --service ${service} --format=json`,
    );
    const { sourceInfo: _sources, ...compiled } = JSON.parse(stdout) as Record<string, unknown>;
    writeFileSync(join(plane.folder, 'service.json'), JSON.stringify(compiled));
    const { stderr } = await plane.ok('endpoints services deploy service.json');
    assert.equal(stderr, waited(rollout) + uploaded('2026-01-31r1'));
  });

  it('names the project property when no project is set', async (context) => {
    const plane = await startControlPlane(context);
    writeFileSync(join(plane.folder, '.gatehouse/client.json'), '{}');
    const { code, stderr } = await plane.run('endpoints services deploy openapi.yaml');
    assert.equal(code, 1);
    assert.match(stderr, /The required property \[project\] is not currently set\./);
  });

  it('says whose name a service has when another project deploys it', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('projects create example-project-2');
    const { code, stderr } = await plane.run(
      'endpoints services deploy openapi.yaml --project example-project-2',
    );
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^ERROR: \(gatehouse\.endpoints\.services\.deploy\) PERMISSION_DENIED: Ownership for domain name '\S+' on project 'example-project-2' cannot be verified\./,
    );
  });
});

describe('endpoints services', () => {
  it('lists names and titles', async (context) => {
    const plane = await startControlPlane(context);
    assert.deepEqual(await plane.run('endpoints services list'), {
      code: 0,
      stdout: '',
      stderr: 'Listed 0 items.\n',
    });
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stdout } = await plane.ok('endpoints services list');
    assert.equal(stdout, `NAME                                             TITLE\n${service}  Echo API\n`);
    const uris = await plane.ok('endpoints services list --uri');
    assert.equal(uris.stdout, `URL/v1/services/${service}\n`);
  });

  it('describes a service', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stdout } = await plane.ok(`endpoints services describe ${service}`);
    assert.equal(stdout, `producerProjectId: example-project-1\nserviceName: ${service}\n`);
  });

  it('says what to do about a service that is not there', async (context) => {
    const plane = await startControlPlane(context);
    assert.deepEqual(await plane.run('endpoints services describe none.example.com'), {
      code: 1,
      stdout: '',
      stderr:
        "ERROR: (gatehouse.endpoints.services.describe) PERMISSION_DENIED: Service 'none.example.com' not found or permission denied. Check the name with 'gatehouse endpoints services list', or act as an account that has a role on it (--account KEYFILE).\n",
    });
  });

  it('asks before it deletes, and goes by the answer', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const question =
      'Are you sure? This will set the service configuration to be deleted, along with all of the associated consumer information. Note: This does not immediately delete the service configuration or data and can be undone using the undelete command for 30 days. Only after 30 days will the service be purged from the system.\n\n';
    const prompt = 'Continue anyway (Y/n)?  ';
    assert.deepEqual(await plane.run(`endpoints services delete ${service}`, ['what', 'n']), {
      code: 1,
      stdout: '',
      stderr: `${question}${prompt}Please enter 'y' or 'n':\n${prompt}ERROR: (gatehouse.endpoints.services.delete) Aborted by user.\n`,
    });
    assert.deepEqual(await plane.run(`endpoints services delete ${service}`, ['']), {
      code: 0,
      stdout: '',
      stderr: `${question}${prompt}\n${waited(`operations/services.${service}-1`)}`,
    });
  });

  it('does not delete where nobody can answer, unless --quiet', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { code, stderr } = await plane.run(`endpoints services delete ${service}`);
    assert.equal(code, 1);
    assert.match(stderr, /This prompt could not be answered because you are not in an interactive session\./);
    await plane.ok(`endpoints services delete ${service} --quiet`);
  });

  it('undeletes', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    await plane.ok(`endpoints services delete ${service} -q`);
    const { stdout, stderr } = await plane.ok(`endpoints services undelete ${service} --format=value(name)`);
    assert.equal(stdout, `operations/services.${service}-2\n`);
    assert.equal(stderr, waited(`operations/services.${service}-2`));
  });

  it('adds and removes bindings', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const binding = '--member user:ann@example.com --role roles/servicemanagement.serviceController';
    const added = await plane.ok(`endpoints services add-iam-policy-binding ${service} ${binding}`);
    assert.deepEqual(added, {
      code: 0,
      stdout:
        'bindings:\n- members:\n  - user:ann@example.com\n  role: roles/servicemanagement.serviceController\netag: ETAG\nversion: 1\n',
      stderr: `Updated IAM policy for service [${service}].\n`,
    });
    // A second time changes nothing.
    await plane.ok(`endpoints services add-iam-policy-binding ${service} ${binding}`);
    const shown = await plane.ok(`endpoints services get-iam-policy ${service}`);
    assert.equal(shown.stdout, added.stdout);
    await plane.ok(`endpoints services remove-iam-policy-binding ${service} ${binding}`);
    const gone = await plane.run(`endpoints services remove-iam-policy-binding ${service} ${binding}`);
    assert.deepEqual(gone, {
      code: 1,
      stdout: '',
      stderr:
        'ERROR: (gatehouse.endpoints.services.remove-iam-policy-binding) Policy binding with the specified principal, role, and condition not found!\n',
    });
  });

  it('keeps a binding with a condition apart', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const binding = '--member user:ann@example.com --role roles/servicemanagement.configEditor';
    await plane.ok(`endpoints services add-iam-policy-binding ${service} ${binding} --condition None`);
    const bad = await plane.run(
      `endpoints services add-iam-policy-binding ${service} ${binding} --condition title=t`,
    );
    assert.equal(bad.code, 2);
  });

  it('shows the permissions of the caller', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stdout } = await plane.ok(
      `endpoints services check-iam-policy ${service} --format=value(permissions[0])`,
    );
    assert.equal(stdout, 'servicemanagement.services.get\n');
  });
});

describe('endpoints configs and operations', () => {
  it('lists and describes configs', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const { stdout } = await plane.ok(`endpoints configs list --service ${service}`);
    assert.equal(stdout, `CONFIG_ID     SERVICE_NAME\n2026-01-31r0  ${service}\n`);
    const described = await plane.ok(
      `endpoints configs describe 2026-01-31r0 --service ${service} --format=value(id,title,sourceInfo.sourceFiles[0].filePath)`,
    );
    assert.equal(described.stdout, '2026-01-31r0\tEcho API\topenapi.yaml\n');
  });

  it('lists, describes and waits for operations', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    const name = `operations/services.${service}-0`;
    const { stdout } = await plane.ok(
      `endpoints operations list --service ${service} --sort-by name --limit 1`,
    );
    assert.equal(stdout.split('\n')[0]?.replaceAll(/ +/g, ' '), 'NAME DONE START_TIME');
    const failed = await plane.ok(`endpoints operations list --service ${service} --filter status=failed`);
    assert.equal(failed.stderr, 'Listed 0 items.\n');
    const described = await plane.ok(`endpoints operations describe ${name} --format=yaml`);
    assert.equal(
      described.stdout,
      `done: true
metadata:
  '@type': type.googleapis.com/google.api.servicemanagement.v1.OperationMetadata
  progressPercentage: 100
  resourceNames:
  - services/${service}
  startTime: '2026-01-31T12:00:00Z'
  steps:
  - description: Create service
    status: DONE
name: ${name}
response:
  '@type': type.googleapis.com/google.api.servicemanagement.v1.ManagedService
  producerProjectId: example-project-1
  serviceName: ${service}
`,
    );
    const waitedFor = await plane.ok(`endpoints operations wait services.${service}-0 --format=value(done)`);
    assert.deepEqual(waitedFor, { code: 0, stdout: 'True\n', stderr: waited(name) });
  });
});
