import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { create, createRegistry, toBinary, toJsonString } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { systemClock } from '../core/clock.ts';
import { Secret } from '../core/secret.ts';
import { ServiceSchema } from '../gen/google/api/service_pb.ts';
import { ConfigFileSchema, RolloutSchema } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { ListServiceRolloutsResponseSchema } from '../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import {
  createServiceManagementClient,
  type ServiceManagementClient,
  type ServiceManagementClientOptions,
} from './service-management-client.ts';
import { startLocalServer, type LocalAnswer, type LocalServer } from './testing/local-server.ts';
import { createStaticTokenSource } from './tokens/static-token-source.ts';
import { createHttpClient, type HttpClient } from './transport/http-client.ts';

const service = create(ServiceSchema, {
  name: 's.example.com',
  id: '2026-01-01r0',
  sourceInfo: {
    sourceFiles: [anyPack(ConfigFileSchema, create(ConfigFileSchema, { filePath: 'openapi.yaml' }))],
  },
});
const protobuf = 'application/x-protobuf';

describe('createServiceManagementClient', () => {
  let http: HttpClient;
  let server: LocalServer;
  let answers: LocalAnswer[];

  beforeEach(async () => {
    http = createHttpClient(systemClock);
    answers = [{ contentType: protobuf, body: toBinary(ServiceSchema, service) }];
    server = await startLocalServer(() => (answers.length > 1 ? answers.shift() : answers[0]) ?? {});
  });
  afterEach(async () => {
    await http.close();
    await server.close();
  });

  function client(options: Partial<ServiceManagementClientOptions> = {}): ServiceManagementClient {
    return createServiceManagementClient(
      { url: server.url, serviceName: 's.example.com', backoffMs: 1, ...options },
      { http, clock: systemClock, tokens: createStaticTokenSource(new Secret('t')) },
    );
  }

  it('fetches a config as ESPv2 asks for it', async () => {
    assert.deepEqual(await client().getConfig('2026-01-01r0'), service);
    const [request] = server.requests;
    assert.equal(request?.path, '/v1/services/s.example.com/configs/2026-01-01r0?view=FULL');
    assert.equal(request?.headers.authorization, 'Bearer t');
    assert.equal(request?.headers['content-type'], protobuf);
  });

  it('fetches a config as ESP v1 asks for it', async () => {
    await client({ configUrlStyle: 'config' }).getConfig('2026-01-01r0');
    assert.equal(
      server.requests[0]?.path,
      '/v1/services/s.example.com/config?configId=2026-01-01r0&view=FULL',
    );
  });

  it('reads JSON too, with the files inside', async () => {
    const body = toJsonString(ServiceSchema, service, { registry: createRegistry(ConfigFileSchema) });
    answers = [{ contentType: 'application/json; charset=UTF-8', body }];
    assert.deepEqual(await client().getConfig('2026-01-01r0'), service);
  });

  it('lists successful rollouts with the filter unescaped', async () => {
    const list = create(ListServiceRolloutsResponseSchema, {
      rollouts: [create(RolloutSchema, { rolloutId: 'r2' }), create(RolloutSchema, { rolloutId: 'r1' })],
    });
    answers = [{ contentType: protobuf, body: toBinary(ListServiceRolloutsResponseSchema, list) }];
    const rollouts = await client().listRollouts();
    assert.deepEqual(
      rollouts.map(({ rolloutId }) => rolloutId),
      ['r2', 'r1'],
    );
    assert.equal(server.requests[0]?.path, '/v1/services/s.example.com/rollouts?filter=status=SUCCESS');
  });

  for (const status of [429, 500, 503])
    it(`tries again after ${status}`, async () => {
      answers.unshift({ status }, { status });
      assert.equal((await client().getConfig('x')).name, 's.example.com');
      assert.equal(server.requests.length, 3);
    });

  it('gives up after its retries', async () => {
    answers = [{ status: 503 }];
    await assert.rejects(client({ maxRetries: 2 }).getConfig('x'), { code: 'CONTROL_UNAVAILABLE' });
    assert.equal(server.requests.length, 3);
  });

  for (const status of [401, 403, 404])
    it(`gives up at once after ${status}, naming it and the URL`, async () => {
      answers = [{ status }];
      const url = `${server.url}/v1/services/s.example.com/configs/x?view=FULL`;
      await assert.rejects(client().getConfig('x'), (error: { code?: unknown; details?: unknown }) => {
        assert.equal(error.code, 'CONTROL_REFUSED');
        assert.partialDeepStrictEqual(error.details, { url, status });
        return true;
      });
      assert.equal(server.requests.length, 1);
    });

  for (const [name, answer] of [
    ['garbage', { contentType: protobuf, body: Buffer.from([0xff, 0xff]) }],
    ['bad JSON', { body: '{' }],
    ['JSON of something else', { body: '{"name": 7}' }],
    ['a config without a name', { contentType: protobuf, body: '' }],
  ] as const)
    it(`refuses ${name}`, async () => {
      answers = [answer];
      await assert.rejects(client().getConfig('x'), { code: 'CONTROL_MALFORMED' });
    });

  it('stops trying when it is told to', async () => {
    answers = [{ status: 503 }];
    const abort = new AbortController();
    const pending = client({ backoffMs: 60_000 }).getConfig('x', abort.signal);
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await assert.rejects(pending);
  });
});
