import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, describe, test } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Message } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { KeySchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import {
  CheckRequestSchema,
  CheckResponseSchema,
  ServiceController,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import {
  ListServicesResponseSchema,
  ServiceManager,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { ServiceUsage } from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import { StatusSchema } from '../../gen/google/rpc/status_pb.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { createHttpEndpointTable } from './http-endpoint.ts';
import { createRestHandler } from './rest-handler.ts';
import { RpcError } from './rpc-error.ts';
import { createRpcTable } from './rpc-table.ts';
import { implement } from './service.ts';
import type { CallContext } from './service.ts';
import { createTypeRegistry } from './type-registry.ts';

const maxBodyBytes = 20_000;

/** The last request that reached a handler. */
let seen: { request: Message; context: CallContext } | undefined;
function record<T extends Message>(request: T, context: CallContext): T {
  seen = { request, context };
  return request;
}

const table = createRpcTable([
  implement(ServiceManager, {
    listServices: async (request, context) => {
      record(request, context);
      return create(ListServicesResponseSchema, { nextPageToken: 'more' });
    },
    getServiceConfig: async (request, context) => {
      record(request, context);
      return create(ServiceSchema, { name: request.serviceName, id: request.configId });
    },
    createServiceConfig: async (request, context) =>
      record(request, context).serviceConfig ?? create(ServiceSchema),
    deleteService: () => Promise.reject(new Error('a secret of the handler')),
    undeleteService: () =>
      Promise.reject(
        new RpcError(RpcCode.ABORTED, 'Untold.', {
          details: [create(AnySchema, { typeUrl: 'type.googleapis.com/nobody.Knows' })],
        }),
      ),
  }),
  implement(ServiceController, {
    check: async (request, context) => {
      if (record(request, context).operation?.operationId === 'deny')
        throw new RpcError(RpcCode.PERMISSION_DENIED, 'Permission denied.');
      return create(CheckResponseSchema, { operationId: request.operation?.operationId ?? '' });
    },
  }),
  implement(ApiKeys, {
    getKey: async (request, context) => create(KeySchema, { name: record(request, context).name }),
    updateKey: async (request, context) => {
      record(request, context);
      return create(OperationSchema, { name: 'operations/x' });
    },
  }),
  implement(ServiceUsage, {
    batchGetServices: async (request, context) => {
      record(request, context);
      return { $typeName: 'google.api.serviceusage.v1.BatchGetServicesResponse', services: [] };
    },
  }),
]);

let url = '';

before((context) => {
  const handler = createRestHandler({
    table,
    endpoints: createHttpEndpointTable([
      {
        verb: 'GET',
        template: '/raw/{name}',
        handle: ({ captures }) =>
          Promise.resolve({
            status: 200,
            headers: { 'content-type': 'text/plain' },
            body: captures['name'] ?? '',
          }),
      },
    ]),
    registry: createTypeRegistry(table.services),
    authenticator: {
      authenticate(token) {
        if (token === undefined) throw new RpcError(RpcCode.UNAUTHENTICATED, 'No token.');
        return Promise.resolve({ kind: 'owner' });
      },
    },
    logger: silentLogger,
    baseUrls: [],
    maxBodyBytes: () => maxBodyBytes,
    deadlineMs: 10_000,
  });
  const server = createServer(handler);
  if ('after' in context) context.after(() => server.close());
  return new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      resolve();
    });
  });
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly json: () => { [name: string]: unknown };
}

async function call(method: string, path: string, options: RequestInit = {}): Promise<Answer> {
  seen = undefined;
  const response = await fetch(url + path, {
    method,
    ...options,
    headers: {
      authorization: 'Bearer t',
      connection: 'close',
      ...(options.headers as Record<string, string>),
    },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: () => JSON.parse(bytes.toString()) as { [name: string]: unknown },
  };
}

const protobuf = { 'content-type': 'application/x-protobuf' };

describe('createRestHandler with JSON', () => {
  test('answers a call in pretty ProtoJSON', async () => {
    const answer = await call('GET', '/v1/services/api.example.com/configs/2026-01-01r0');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/json; charset=UTF-8');
    assert.equal(answer.bytes.toString(), '{\n  "name": "api.example.com",\n  "id": "2026-01-01r0"\n}\n');
  });

  test('answers on one line when prettyPrint is false', async () => {
    const answer = await call('GET', '/v1/services/s/configs/c?prettyPrint=false');
    assert.equal(answer.bytes.toString(), '{"name":"s","id":"c"}');
  });

  test('serves additional bindings', async () => {
    const answer = await call('GET', '/v1/services/s/config?configId=c1&view=FULL');
    assert.deepEqual(answer.json(), { name: 's', id: 'c1' });
    assert.partialDeepStrictEqual(seen?.request, { view: 1 });
  });

  test('binds query parameters in both spellings', async () => {
    await call('GET', '/v1/services?producer_project_id=p&pageSize=7&pageToken=a%20b');
    assert.partialDeepStrictEqual(seen?.request, { producerProjectId: 'p', pageSize: 7, pageToken: 'a b' });
  });

  test('binds repeated query parameters', async () => {
    await call('GET', '/v1/projects/p/services:batchGet?names=a&names=b');
    assert.partialDeepStrictEqual(seen?.request, { parent: 'projects/p', names: ['a', 'b'] });
  });

  test('binds a field mask of the query in either spelling', async () => {
    await call('PATCH', '/v2/projects/p/locations/global/keys/k?updateMask=display_name,apiTargets', {
      body: '{}',
    });
    assert.partialDeepStrictEqual(seen?.request, { updateMask: { paths: ['display_name', 'api_targets'] } });
  });

  test('merges a nested path variable into the body field', async () => {
    const body = JSON.stringify({ name: 'other', displayName: 'd' });
    await call('PATCH', '/v2/projects/p/locations/global/keys/k', { body });
    assert.partialDeepStrictEqual(seen?.request, {
      key: { name: 'projects/p/locations/global/keys/k', displayName: 'd' },
    });
  });

  test('reads a body field', async () => {
    const answer = await call('POST', '/v1/services/s/configs', { body: '{"name":"s","title":"T"}' });
    assert.deepEqual(answer.json(), { name: 's', title: 'T' });
    assert.partialDeepStrictEqual(seen?.request, { serviceName: 's' });
  });

  test('lets the path win over the body', async () => {
    await call('POST', '/v1/services/s:check', { body: '{"serviceName":"other"}' });
    assert.partialDeepStrictEqual(seen?.request, { serviceName: 's' });
  });

  test('decodes a single segment whole', async () => {
    await call('POST', '/v1/services/a%2Fb%3Ac%20d:check', { body: '{}' });
    assert.partialDeepStrictEqual(seen?.request, { serviceName: 'a/b:c d' });
  });

  test('keeps encoded slashes in captures of several segments', async () => {
    const answer = await call('GET', '/v2/projects/p%40x/locations/global/keys/a%2Fb');
    assert.deepEqual(answer.json(), { name: 'projects/p@x/locations/global/keys/a%2Fb' });
  });

  test('takes an empty body for an empty message', async () => {
    const answer = await call('POST', '/v1/services/s:check');
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), {});
  });

  test('ignores system parameters without effect', async () => {
    const answer = await call('GET', '/v1/services?key=AIza&quotaUser=u&%24alt=json');
    assert.deepEqual(answer.json(), { nextPageToken: 'more' });
  });

  test('takes the token from the query', async () => {
    const answer = await call('GET', '/v1/services?access_token=t', { headers: { authorization: '' } });
    assert.equal(answer.status, 200);
  });

  test('hands the caller and the base URL to the handler', async () => {
    await call('GET', '/v1/services');
    assert.equal(seen?.context.caller.kind, 'owner');
    assert.equal(seen?.context.baseUrl, url);
  });

  test('serves endpoints outside the contract without a token', async () => {
    const answer = await call('GET', '/raw/a%20b', { headers: { authorization: '' } });
    assert.equal(answer.bytes.toString(), 'a b');
  });
});

describe('createRestHandler with protobuf', () => {
  const operation = { operationId: 'op' };

  test('answers protobuf with protobuf', async () => {
    const body = toBinary(CheckRequestSchema, create(CheckRequestSchema, { operation }));
    const answer = await call('POST', '/v1/services/s:check', { body, headers: protobuf });
    assert.equal(answer.headers.get('content-type'), 'application/x-protobuf');
    assert.equal(fromBinary(CheckResponseSchema, answer.bytes).operationId, 'op');
    assert.partialDeepStrictEqual(seen?.request, { serviceName: 's' });
  });

  test('answers a GET in protobuf when asked by $alt', async () => {
    const answer = await call('GET', '/v1/services/s/configs/c?$alt=proto');
    assert.equal(fromBinary(ServiceSchema, answer.bytes).name, 's');
  });

  test('answers a GET in protobuf when asked by Accept', async () => {
    const answer = await call('GET', '/v1/services/s/configs/c', {
      headers: { accept: 'application/x-protobuf' },
    });
    assert.equal(fromBinary(ServiceSchema, answer.bytes).id, 'c');
  });

  test('answers protobuf with JSON when asked to', async () => {
    const body = toBinary(CheckRequestSchema, create(CheckRequestSchema, { operation }));
    const answer = await call('POST', '/v1/services/s:check?alt=json', { body, headers: protobuf });
    assert.deepEqual(answer.json(), { operationId: 'op' });
  });

  test('reads a body field in protobuf', async () => {
    const body = toBinary(ServiceSchema, create(ServiceSchema, { title: 'T' }));
    const answer = await call('POST', '/v1/services/s/configs', { body, headers: protobuf });
    assert.equal(fromBinary(ServiceSchema, answer.bytes).title, 'T');
    assert.partialDeepStrictEqual(seen?.request, { serviceName: 's' });
  });

  test('sends an error as a serialised google.rpc.Status', async () => {
    const request = create(CheckRequestSchema, { operation: { operationId: 'deny' } });
    const body = toBinary(CheckRequestSchema, request);
    const answer = await call('POST', '/v1/services/s:check', { body, headers: protobuf });
    assert.equal(answer.status, 403);
    assert.partialDeepStrictEqual(fromBinary(StatusSchema, answer.bytes), {
      code: RpcCode.PERMISSION_DENIED,
      message: 'Permission denied.',
    });
  });

  test('refuses bytes that are no message', async () => {
    const answer = await call('POST', '/v1/services/s:check', { body: Buffer.of(0xff), headers: protobuf });
    assert.equal(answer.status, 400);
    assert.match(fromBinary(StatusSchema, answer.bytes).message, /^Invalid PROTO payload received\. /);
  });
});

describe('createRestHandler errors', () => {
  test('wraps a handler error in the JSON envelope', async () => {
    const answer = await call('POST', '/v1/services/s:check', {
      body: '{"operation":{"operationId":"deny"}}',
    });
    assert.equal(answer.status, 403);
    assert.deepEqual(answer.json(), {
      error: { code: 403, message: 'Permission denied.', status: 'PERMISSION_DENIED' },
    });
  });

  test('does not show what an unforeseen error says', async () => {
    const answer = await call('DELETE', '/v1/services/s');
    assert.equal(answer.status, 500);
    assert.deepEqual(answer.json(), {
      error: { code: 500, message: 'Internal error encountered.', status: 'INTERNAL' },
    });
  });

  test('answers 401 with a challenge when the token is missing', async () => {
    const answer = await call('GET', '/v1/services', { headers: { authorization: '' } });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer /);
  });

  test('answers 405 with the methods that exist', async () => {
    const answer = await call('PUT', '/v1/services/s');
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'DELETE, GET');
  });

  test('answers 404 for an unknown path', async () => {
    const answer = await call('GET', '/v9/nothing');
    assert.equal(answer.status, 404);
    assert.deepEqual(answer.json(), {
      error: { code: 404, message: 'Method not found.', status: 'NOT_FOUND' },
    });
  });

  test('answers 501 for a method without a handler', async () => {
    const answer = await call('GET', '/v1/services/s');
    assert.equal(answer.status, 501);
    assert.partialDeepStrictEqual(answer.json(), { error: { status: 'UNIMPLEMENTED' } });
  });

  test('answers 413 for a body over the limit', async () => {
    const answer = await call('POST', '/v1/services/s:check', { body: ' '.repeat(maxBodyBytes + 1) });
    assert.equal(answer.status, 413);
    assert.partialDeepStrictEqual(answer.json(), {
      error: { message: `Request payload size exceeds the limit: ${maxBodyBytes} bytes.` },
    });
  });

  test('answers 413 for a chunked body over the limit', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; i++) controller.enqueue(Buffer.alloc(maxBodyBytes / 2, 0x20));
        controller.close();
      },
    });
    const answer = await call('POST', '/v1/services/s:check', { body, duplex: 'half' } as RequestInit);
    assert.equal(answer.status, 413);
  });

  const badInputs: readonly (readonly [string, string, string, string | undefined, string])[] = [
    ['a body that is no JSON', 'POST', '/v1/services/s:check', '{', 'Invalid JSON payload received. '],
    ['a body that is no object', 'POST', '/v1/services/s:check', '[]', 'Invalid JSON payload received. '],
    ['a body that is no UTF-8', 'POST', '/v1/services/s:check', '\udc80', 'Invalid JSON payload received. '],
    [
      'an unknown field',
      'POST',
      '/v1/services/s:check',
      '{"operation":{"labels":{},"x":1}}',
      'Invalid JSON payload received. Unknown name "x" at \'operation\': Cannot find field.',
    ],
    [
      'an unknown field in a list',
      'POST',
      '/v1/services/s/configs',
      '{"endpoints":[{},{"y":1}]}',
      'Invalid JSON payload received. Unknown name "y" at \'service_config.endpoints[1]\': Cannot find field.',
    ],
    [
      'a field of the wrong type',
      'POST',
      '/v1/services/s:check',
      '{"operation":{"operationId":5}}',
      'Invalid JSON payload received. ',
    ],
    [
      'an unknown query parameter',
      'GET',
      '/v1/services?nope=1',
      undefined,
      'Invalid JSON payload received. Unknown name "nope": Cannot bind query parameter. Field \'nope\' could not be found in request message.',
    ],
    [
      'a parameter that the body holds',
      'POST',
      '/v1/services/s:check?serviceName=x',
      '{}',
      'Invalid JSON payload received. Unknown name "serviceName"',
    ],
    [
      'an integer that is none',
      'GET',
      '/v1/services?pageSize=x',
      undefined,
      'Invalid value at \'page_size\' (TYPE_INT32), "x"',
    ],
    [
      'an integer out of range',
      'GET',
      '/v1/services?pageSize=4294967296',
      undefined,
      'Invalid value at \'page_size\' (TYPE_INT32), "4294967296"',
    ],
    [
      'an enum value that is none',
      'GET',
      '/v1/services/s/config?view=HALF',
      undefined,
      'Invalid value at \'view\' (type.googleapis.com/google.api.servicemanagement.v1.GetServiceConfigRequest.ConfigView), "HALF"',
    ],
    [
      'an escape that is none',
      'GET',
      '/v1/services/%zz/config',
      undefined,
      'Request contains an invalid argument.',
    ],
    ['an unknown format', 'GET', '/v1/services?alt=media', undefined, "Invalid value at 'alt'"],
    [
      'a format named as objects name theirs',
      'GET',
      '/v1/services?alt=constructor',
      undefined,
      "Invalid value at 'alt'",
    ],
    ['a body where none belongs', 'DELETE', '/v1/services/s', '{"a":1}', 'Request body must be empty.'],
  ];
  for (const [name, method, path, body, message] of badInputs)
    test(`answers 400 for ${name}`, async () => {
      const payload = body === '\udc80' ? Buffer.of(0x22, 0x80, 0x22) : body;
      const answer = await call(method, path, payload === undefined ? {} : { body: payload });
      assert.equal(answer.status, 400);
      const { error } = answer.json() as { error: { message: string; status: string; details?: unknown[] } };
      assert.equal(error.status, 'INVALID_ARGUMENT');
      assert.equal(error.message.slice(0, message.length), message);
    });

  test('ends the connection over an error that cannot be told, and serves the next', async () => {
    await assert.rejects(call('POST', '/v1/services/s:undelete'));
    assert.equal((await call('GET', '/v1/services')).status, 200);
  });

  test('names the field in BadRequest details', async () => {
    const answer = await call('GET', '/v1/services?pageSize=x');
    assert.partialDeepStrictEqual(answer.json(), {
      error: {
        details: [
          { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'page_size' }] },
        ],
      },
    });
  });
});
