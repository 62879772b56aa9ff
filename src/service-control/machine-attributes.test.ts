import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../core/clock.ts';
import { readMachineAttributes } from './machine-attributes.ts';
import { startLocalServer } from './testing/local-server.ts';
import { createHttpClient } from './transport/http-client.ts';

const zone = { '/computeMetadata/v1/instance/zone': 'projects/42/zones/europe-west1-b' };
const region = { '/computeMetadata/v1/instance/region': 'projects/42/regions/europe-west1' };
const kubernetes = { '/computeMetadata/v1/instance/attributes/kube-env': 'x' };
const flex = { '/computeMetadata/v1/instance/attributes/gae_server_software': 'x' };

const machines: ReadonlyArray<
  readonly [name: string, texts: Readonly<Record<string, string>>, expected: object | undefined]
> = [
  ['a virtual machine', zone, { platform: 'GCE', location: 'europe-west1-b' }],
  [
    'a machine of Cloud Run, by its region',
    { ...zone, ...region },
    { platform: 'GCE', location: 'europe-west1' },
  ],
  ['a node of Kubernetes', { ...zone, ...kubernetes }, { platform: 'GKE', location: 'europe-west1-b' }],
  ['App Engine flex before Kubernetes', { ...flex, ...kubernetes }, { platform: 'GAE_FLEX', location: '' }],
  [
    'a zone of another form',
    { '/computeMetadata/v1/instance/zone': 'here' },
    { platform: 'GCE', location: '' },
  ],
];

describe('readMachineAttributes', () => {
  for (const [name, texts, expected] of machines) {
    test(`knows ${name}`, async (t) => {
      const known: Readonly<Record<string, string>> = { '/': 'computeMetadata/', ...texts };
      const server = await startLocalServer(({ path, headers }) => {
        const text = headers['metadata-flavor'] === 'Google' ? known[path] : undefined;
        return text === undefined ? { status: 404 } : { contentType: 'text/plain', body: text };
      });
      const http = createHttpClient(systemClock);
      t.after(() => Promise.all([http.close(), server.close()]));
      assert.deepEqual(await readMachineAttributes(server.url, http), expected);
    });
  }

  test('says nothing where no metadata server answers', async (t) => {
    const server = await startLocalServer(() => ({}));
    await server.close();
    const http = createHttpClient(systemClock);
    t.after(() => http.close());
    assert.equal(await readMachineAttributes(server.url, http), undefined);
  });
});
