import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { CliEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import { Connection } from './connection.ts';
import { writeClientSettings } from './data-folder.ts';
import type { GlobalOptions } from './global-options.ts';

const local = 'http://127.0.0.1:8180';
const remote = 'https://gatehouse.example.com';

/** A working folder whose `.gatehouse` holds these files. */
function workFolder(context: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '.gatehouse'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, '.gatehouse', name), text);
  return folder;
}

function connect(cwd: string, options: GlobalOptions = {}, env: CliEnvironment['env'] = {}): Connection {
  const environment: CliEnvironment = {
    cwd,
    env,
    stdout: () => undefined,
    stderr: () => undefined,
    ask: undefined,
    sleep: () => Promise.resolve(),
    nowMs: () => 0,
    signal: new AbortController().signal,
  };
  return new Connection(environment, options);
}

const token = async (connection: Connection): Promise<string> => (await connection.accessToken()).reveal();

describe('Connection', () => {
  it('takes the endpoint of the flag, then of the variable, then of the data folder', (context) => {
    const cwd = workFolder(context, {
      'endpoint.json': JSON.stringify({ url: local, consoleUrl: `${local}/c` }),
    });
    const env = { GATEHOUSE_ENDPOINT: `${remote}/` };
    assert.deepEqual(connect(cwd).endpoint(), { kind: 'gatehouse', url: local, consoleUrl: `${local}/c` });
    assert.deepEqual(connect(cwd, {}, env).endpoint(), {
      kind: 'gatehouse',
      url: remote,
      consoleUrl: undefined,
    });
    assert.deepEqual(connect(cwd, { endpoint: 'https://googleapis.com' }, env).endpoint(), {
      kind: 'google',
    });
  });

  it('says how to name a control plane when none is known', (context) => {
    assert.throws(
      () => connect(workFolder(context)).endpoint(),
      /^CliError: no control plane is known: start one/,
    );
  });

  for (const url of ['127.0.0.1:8180', 'ftp://x', ''])
    it(`refuses '${url}' as an endpoint`, (context) => {
      assert.throws(
        () => connect(workFolder(context), { endpoint: url }).endpoint(),
        (error) => error instanceof CliError && error.exitCode === 2,
      );
    });

  it('names a broken endpoint.json', (context) => {
    const cwd = workFolder(context, { 'endpoint.json': '{' });
    assert.throws(() => connect(cwd).endpoint(), /endpoint\.json is not a JSON object/);
  });

  it('takes the token of the file, then of the variable, then the owner’s', async (context) => {
    const cwd = workFolder(context, {
      'endpoint.json': JSON.stringify({ url: local }),
      'owner-token': 'owner\n',
    });
    writeFileSync(join(cwd, 'token'), 'from-file\n');
    const env = { GATEHOUSE_ACCESS_TOKEN: 'from-env' };
    assert.equal(await token(connect(cwd)), 'owner');
    assert.equal(await token(connect(cwd, {}, env)), 'from-env');
    assert.equal(await token(connect(cwd, { accessTokenFile: 'token' }, env)), 'from-file');
  });

  it('keeps the owner’s token from servers that it does not belong to', async (context) => {
    const cwd = workFolder(context, {
      'endpoint.json': JSON.stringify({ url: local }),
      'owner-token': 'owner',
    });
    for (const endpoint of [remote, 'https://googleapis.com'])
      await assert.rejects(token(connect(cwd, { endpoint })), /^CliError: no access token/);
    assert.equal(await token(connect(cwd, { endpoint: 'http://localhost:1' })), 'owner');
    assert.equal(await token(connect(cwd, { endpoint: remote, data: '.gatehouse' })), 'owner');
  });

  for (const [fact, contents, message] of [
    ['is missing', undefined, /cannot read the access token file/],
    ['is empty', '\n', /is empty$/],
  ] as const)
    it(`says that the access token file ${fact}`, async (context) => {
      const cwd = workFolder(context);
      if (contents !== undefined) writeFileSync(join(cwd, 'token'), contents);
      await assert.rejects(token(connect(cwd, { endpoint: local, accessTokenFile: 'token' })), message);
    });

  for (const [contents, message] of [
    ['{', /key\.json: is not JSON; give the JSON key file of a service account$/],
    ['{"client_email":"e"}', /key\.json: lacks the field private_key/],
  ] as const)
    it(`says what is wrong with the key file ${contents}`, async (context) => {
      const cwd = workFolder(context);
      writeFileSync(join(cwd, 'key.json'), contents);
      await assert.rejects(token(connect(cwd, { endpoint: local, account: 'key.json' })), message);
    });

  it('takes the project of the flag, the variable, the settings, the data folder', (context) => {
    const cwd = workFolder(context, {
      'endpoint.json': JSON.stringify({ url: local, project: 'of-server' }),
    });
    assert.equal(connect(cwd).project(), 'of-server');
    writeClientSettings(join(cwd, '.gatehouse'), { project: 'of-settings' });
    assert.equal(connect(cwd).project(), 'of-settings');
    const env = { GATEHOUSE_PROJECT: 'of-env' };
    assert.equal(connect(cwd, {}, env).project(), 'of-env');
    assert.equal(connect(cwd, { project: 'of-flag' }, env).project(), 'of-flag');
  });

  it('says how to set the project when none is known', (context) => {
    assert.throws(
      () => connect(workFolder(context)).project(),
      /^CliError: The required property \[project\] is not currently set\. Set it with 'gatehouse config set project PROJECT_ID'/,
    );
  });
});
