import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Program } from '../helpers/program.ts';
import { Workspace } from '../helpers/workspace.ts';

const rounds = 4;
const project = 'durable-project';
const service = `echo-api.endpoints.${project}.cloud.goog`;
const document = readFileSync(join(import.meta.dirname, '../../sample/echo/openapi.yaml'), 'utf8').replaceAll(
  'YOUR-PROJECT-ID',
  project,
);

/** The control plane's REST surface, as the owner. */
class Client {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, folder: string) {
    this.#url = url;
    this.#token = readFileSync(join(folder, 'owner-token'), 'utf8').trim();
  }

  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  }
}

/** What was acknowledged. */
interface Acknowledged {
  readonly keys: Set<string>;
  readonly configs: Set<string>;
}

async function start(workspace: Workspace): Promise<{ program: Program; client: Client }> {
  const program = workspace.start('server', '--data=data', '--port=0', '--format=json');
  const { control } = JSON.parse(await program.waitForLine(/^\{"management"/)) as { control: string };
  return { program, client: new Client(control, workspace.path('data')) };
}

/** Creates keys and configs, each after the other, until the server is gone. */
async function writeUntilGone(client: Client, done: Acknowledged): Promise<void> {
  const keys = async (): Promise<void> => {
    for (;;) {
      const operation = await client.call('POST', `/v2/projects/${project}/locations/global/keys`, {});
      done.keys.add((operation['response'] as { name: string }).name);
    }
  };
  const configs = async (): Promise<void> => {
    const files = [
      {
        filePath: 'openapi.yaml',
        fileContents: Buffer.from(document).toString('base64'),
        fileType: 'OPEN_API_YAML',
      },
    ];
    for (;;) {
      const operation = await client.call('POST', `/v1/services/${service}/configs:submit`, {
        configSource: { files },
      });
      done.configs.add((operation['response'] as { serviceConfig: { id: string } }).serviceConfig.id);
    }
  };
  await Promise.allSettled([keys(), keys(), configs()]);
}

async function listAll(client: Client, path: string, field: string): Promise<Array<Record<string, unknown>>> {
  const all: Array<Record<string, unknown>> = [];
  let pageToken = '';
  do {
    const page = await client.call('GET', `${path}?pageSize=100&pageToken=${encodeURIComponent(pageToken)}`);
    all.push(...((page[field] as Array<Record<string, unknown>> | undefined) ?? []));
    pageToken = (page['nextPageToken'] as string | undefined) ?? '';
  } while (pageToken !== '');
  return all;
}

describe('the control plane under kill -9', { timeout: 120_000 }, () => {
  it('has everything that it acknowledged', async (context) => {
    const workspace = new Workspace(context);
    writeFileSync(workspace.path('openapi.yaml'), document);
    const done: Acknowledged = { keys: new Set(), configs: new Set() };
    let { program, client } = await start(workspace);
    await client.call('POST', '/v1/projects', { projectId: project });
    await client.call('POST', '/v1/services', { serviceName: service, producerProjectId: project });
    for (let round = 0; round < rounds; round++) {
      const before = done.keys.size + done.configs.size;
      const writing = writeUntilGone(client, done);
      // In the middle of writes: once some were acknowledged, at another moment in each round.
      while (done.keys.size + done.configs.size < before + 20 + round * 7) await delay(1);
      await program.stop('SIGKILL');
      await writing;
      ({ program, client } = await start(workspace));
      const keys = new Set(
        (await listAll(client, `/v2/projects/${project}/locations/global/keys`, 'keys')).map(
          (key) => key['name'] as string,
        ),
      );
      const configs = new Set(
        (await listAll(client, `/v1/services/${service}/configs`, 'serviceConfigs')).map(
          (config) => config['id'] as string,
        ),
      );
      assert.deepEqual(
        [...done.keys].filter((name) => !keys.has(name)),
        [],
      );
      assert.deepEqual(
        [...done.configs].filter((id) => !configs.has(id)),
        [],
      );
    }
    assert.ok(
      done.keys.size > rounds && done.configs.size > rounds,
      `${done.keys.size} keys, ${done.configs.size} configs`,
    );
  });
});
