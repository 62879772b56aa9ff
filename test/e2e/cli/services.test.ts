import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startControlPlane } from './control-plane.ts';

const service = 'echo-api.endpoints.example-project-1.cloud.goog';
const account = 'esp-proxy@example-project-1.iam.gserviceaccount.com';

describe('services', () => {
  it('enables, lists and disables', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    await plane.ok('projects create consumer-1');
    const on = '--project consumer-1';
    const finished = 'Operation "operations/acat.p2-NUMBER-UUID" finished successfully.\n';
    assert.equal((await plane.ok(`services enable ${service} ${on}`)).stderr, finished);
    assert.equal((await plane.ok(`services enable ${service} ${on}`)).stderr, '');
    assert.equal(
      (await plane.ok(`services list ${on}`)).stdout,
      `NAME                                             TITLE\n${service}  Echo API\n`,
    );
    assert.equal((await plane.ok(`services disable ${service} --force ${on}`)).stderr, finished);
    const again = await plane.run(`services disable ${service} --force ${on}`);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^ERROR: \(gatehouse\.services\.disable\) FAILED_PRECONDITION: /);
  });
});

describe('services api-keys', () => {
  it('prints the result of a create with the key string, as gcloud does', async (context) => {
    const plane = await startControlPlane(context);
    const ran = await plane.ok(
      `services api-keys create --key-id my-key --display-name "My key" --annotations team=a --api-target service=${service},methods=Echo:Get* --allowed-ips 192.0.2.1,198.51.100.0/24`,
    );
    assert.deepEqual(ran, {
      code: 0,
      stdout: '',
      stderr: `Operation [operations/akmf.p7-NUMBER-UUID] complete. Result: {
    "@type":"type.googleapis.com/google.api.apikeys.v2.Key",
    "annotations":{
        "team":"a"
    },
    "createTime":"2026-01-31T12:00:00Z",
    "displayName":"My key",
    "etag":ETAG
    "keyString":"KEY_STRING",
    "name":"projects/NUMBER/locations/global/keys/my-key",
    "restrictions":{
        "apiTargets":[
            {
                "methods":[
                    "Echo",
                    "Get*"
                ],
                "service":"${service}"
            }
        ],
        "serverKeyRestrictions":{
            "allowedIps":[
                "192.0.2.1",
                "198.51.100.0/24"
            ]
        }
    },
    "uid":"UUID",
    "updateTime":"2026-01-31T12:00:00Z"
}
`,
    });
  });

  it('hands the key string to scripts', async (context) => {
    const plane = await startControlPlane(context);
    const { stdout } = await plane.ok(
      'services api-keys create --key-id my-key --format=value(response.keyString)',
    );
    assert.equal(stdout, 'KEY_STRING\n');
    assert.equal(
      (await plane.ok('services api-keys get-key-string my-key')).stdout,
      'keyString: KEY_STRING\n',
    );
  });

  it('lists and describes keys without their strings', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('services api-keys create --key-id my-key --display-name one');
    const expected =
      "createTime: '2026-01-31T12:00:00Z'\ndisplayName: one\netag: ETAG\nname: projects/NUMBER/locations/global/keys/my-key\nuid: UUID\nupdateTime: '2026-01-31T12:00:00Z'\n";
    assert.equal((await plane.ok('services api-keys list')).stdout, `---\n${expected}`);
    assert.equal((await plane.ok('services api-keys describe my-key')).stdout, expected);
  });

  it('updates what the flags name and leaves the rest', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok(
      'services api-keys create --key-id my-key --display-name one --allowed-referrers https://a.example.com/*',
    );
    await plane.ok('services api-keys update my-key --display-name two');
    const show = async (): Promise<string> =>
      (
        await plane.ok(
          'services api-keys describe my-key --format=value(displayName,restrictions.browserKeyRestrictions.allowedReferrers)',
        )
      ).stdout;
    assert.equal(await show(), 'two\thttps://a.example.com/*\n');
    await plane.ok('services api-keys update my-key --clear-restrictions');
    assert.equal(await show(), 'two\t\n');
  });

  it('deletes, undeletes by name and by string, and looks up', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('services api-keys create --key-id my-key');
    await plane.ok('services api-keys delete my-key');
    assert.equal((await plane.ok('services api-keys list')).stderr, 'Listed 0 items.\n');
    assert.equal(
      (await plane.ok('services api-keys list --show-deleted --format=value(deleteTime)')).stdout,
      '2026-01-31T12:00:00Z\n',
    );
    await plane.ok('services api-keys undelete my-key');
    assert.equal(
      (await plane.ok('services api-keys list --format=value(name)')).stdout,
      'projects/NUMBER/locations/global/keys/my-key\n',
    );
  });

  for (const line of [
    'services api-keys create --allowed-ips 192.0.2.1 --allowed-bundle-ids com.example',
    'services api-keys create --api-target methods=Echo',
    'services api-keys create --allowed-application package_name=com.example',
    'services api-keys create --annotations team',
    'services api-keys update my-key',
    'services api-keys update my-key --clear-restrictions --allowed-ips 192.0.2.1',
    'services api-keys undelete',
    'services api-keys list --limit none',
    'services api-keys list --format=xml',
    'services api-keys list --filter nonsense',
    'services api-keys describe',
    'services api-keys frobnicate',
    'services api-keys',
    'iam service-accounts keys create k.json',
    'iam service-accounts keys create k.json --iam-account a --key-file-type pem',
    'config set colour red',
  ])
    it(`ends with code 2: ${line}`, async (context) => {
      const plane = await startControlPlane(context);
      await plane.ok('services api-keys create --key-id some-key');
      const { code, stderr } = await plane.run(line);
      assert.notEqual(stderr, '');
      assert.equal(code, 2);
    });
});

describe('iam service-accounts', () => {
  it('creates an account and a key file that only its owner can read, and acts as it', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('endpoints services deploy openapi.yaml');
    assert.deepEqual(
      await plane.run('iam service-accounts create esp-proxy --display-name "My Service Account"'),
      {
        code: 0,
        stdout: '',
        stderr: 'Created service account [esp-proxy].\n',
      },
    );
    const created = await plane.ok(`iam service-accounts keys create creds.json --iam-account ${account}`);
    assert.equal(created.stderr, `created key [KEY_ID] of type [json] as [creds.json] for [${account}]\n`);
    const path = join(plane.folder, 'creds.json');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { client_email: string }).client_email, account);

    await plane.ok(
      `endpoints services add-iam-policy-binding ${service} --member serviceAccount:${account} --role roles/servicemanagement.serviceController`,
    );
    const held = await plane.ok(`endpoints services check-iam-policy ${service} --account creds.json`);
    assert.equal(
      held.stdout,
      'permissions:\n- servicemanagement.services.get\n- servicemanagement.services.getProjectSettings\n- servicemanagement.services.check\n- servicemanagement.services.report\n',
    );
    const denied = await plane.run(`endpoints services delete ${service} -q --account creds.json`);
    assert.equal(denied.code, 1);
    assert.match(denied.stderr, /PERMISSION_DENIED: Service '\S+' not found or permission denied\./);
  });

  it('lists, describes and deletes accounts and keys', async (context) => {
    const plane = await startControlPlane(context);
    await plane.ok('iam service-accounts create esp-proxy --display-name Proxy');
    assert.equal(
      (await plane.ok('iam service-accounts list')).stdout,
      `DISPLAY NAME  EMAIL                                                DISABLED\nProxy         ${account}  False\n`,
    );
    assert.equal(
      (await plane.ok(`iam service-accounts describe ${account} --format=value(email,uniqueId)`)).stdout,
      `${account}\tUNIQUE_ID\n`,
    );
    await plane.ok(`iam service-accounts keys create creds.json --iam-account ${account}`);
    const keyId = (
      JSON.parse(readFileSync(join(plane.folder, 'creds.json'), 'utf8')) as { private_key_id: string }
    ).private_key_id;
    assert.equal(
      (await plane.ok(`iam service-accounts keys list --iam-account ${account}`)).stdout,
      'KEY_ID                                    CREATED_AT            EXPIRES_AT            DISABLED\nKEY_ID  2026-01-31T12:00:00Z  9999-12-31T23:59:59Z\n',
    );
    assert.equal(
      (await plane.ok(`iam service-accounts keys delete ${keyId} --iam-account ${account} -q`)).stderr,
      `deleted key [KEY_ID] for service account [${account}]\n`,
    );
    assert.equal(
      (await plane.ok(`iam service-accounts delete ${account} -q`)).stderr,
      `deleted service account [${account}]\n`,
    );
  });

  it('leaves a file alone that is there, and none behind when the key cannot be made', async (context) => {
    const plane = await startControlPlane(context);
    const path = join(plane.folder, 'mine.json');
    writeFileSync(path, 'mine');
    const { code, stderr } = await plane.run('iam service-accounts keys create mine.json --iam-account a@b');
    assert.equal(code, 1);
    assert.match(stderr, /cannot write \S+mine\.json: it exists; remove it or choose another name/);
    assert.equal(readFileSync(path, 'utf8'), 'mine');
    await plane.run(`iam service-accounts keys create new.json --iam-account ${account}`);
    assert.equal(statSync(join(plane.folder, 'new.json'), { throwIfNoEntry: false }), undefined);
  });
});

describe('projects and config', () => {
  it('creates, lists and describes projects', async (context) => {
    const plane = await startControlPlane(context);
    assert.deepEqual(await plane.run('projects create example-project-2 --name Two --labels team=a'), {
      code: 0,
      stdout: '',
      stderr:
        'Create in progress for [projects/example-project-2].\nWaiting for [operations/cp.NUMBER] to finish...\ndone.\n',
    });
    assert.equal(
      (await plane.ok('projects list --format=value(projectId,name)')).stdout,
      'example-project-1\texample-project-1\nexample-project-2\tTwo\n',
    );
    assert.equal(
      (await plane.ok('projects describe example-project-2')).stdout,
      "createTime: '2026-01-31T12:00:00Z'\nlabels:\n  team: a\nlifecycleState: ACTIVE\nname: Two\nprojectId: example-project-2\nprojectNumber: 'NUMBER'\n",
    );
  });

  it('gives roles on projects', async (context) => {
    const plane = await startControlPlane(context);
    const binding = '--member user:ann@example.com --role roles/cloudtrace.agent';
    const added = await plane.ok(`projects add-iam-policy-binding example-project-1 ${binding}`);
    assert.equal(added.stderr, 'Updated IAM policy for project [example-project-1].\n');
    assert.equal(
      (await plane.ok('projects get-iam-policy example-project-1')).stdout,
      'bindings:\n- members:\n  - user:ann@example.com\n  role: roles/cloudtrace.agent\netag: ETAG\nversion: 1\n',
    );
  });

  it('remembers the project', async (context) => {
    const plane = await startControlPlane(context);
    assert.equal(
      (await plane.ok('config set project other-project')).stderr,
      'Updated property [core/project].\n',
    );
    assert.equal((await plane.ok('config get-value project')).stdout, 'other-project\n');
  });
});

describe('runCommandLine', () => {
  it('says how to start a control plane that does not run', async (context) => {
    const plane = await startControlPlane(context);
    const { code, stderr } = await plane.run('projects list --endpoint http://127.0.0.1:1');
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "ERROR: (gatehouse.projects.list) cannot reach the control plane at URL (ECONNREFUSED); start it with 'gatehouse server', or name another with --endpoint URL\n",
    );
  });

  it('says what to do about a token that is refused', async (context) => {
    const plane = await startControlPlane(context);
    writeFileSync(join(plane.folder, 'token'), 'nonsense');
    const { code, stderr } = await plane.run('projects list --access-token-file token');
    assert.equal(code, 1);
    assert.match(stderr, /UNAUTHENTICATED: .* Use another token: --account KEYFILE/);
  });

  it('takes the flags of the connection before the command’s words too', async (context) => {
    const plane = await startControlPlane(context);
    const { stdout } = await plane.ok('--format value(projectId) projects list');
    assert.equal(stdout, 'example-project-1\n');
  });

  it('prints help with examples and ends well', async (context) => {
    const plane = await startControlPlane(context);
    const { stdout } = await plane.ok('endpoints services deploy --help');
    assert.match(stdout, /^Usage: gatehouse endpoints services deploy \[options\] <files\.\.\.>/);
    assert.match(stdout, /\nExamples:\n {2}\$ gatehouse endpoints services deploy openapi\.yaml\n/);
  });
});
