import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { describe, it } from 'node:test';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { getHeader } from '../../protocol/http/headers.ts';
import type { RequestHead } from '../../protocol/http/stream.ts';
import { createEspV2Dialect } from '../dialects/esp-v2/dialect.ts';
import type { GatewayOptions } from '../gateway.ts';
import { corsFlagDefaults } from '../policies/cors-flags.fixture.ts';
import { compileCorsPolicy, espV2CorsStyle } from '../policies/cors-policy.ts';
import { createAnswerCors, createDecorateResponse } from '../policies/policy-stages.ts';
import { compileSnapshot } from '../routing/compile-snapshot.ts';
import { espV2SnapshotOptions } from '../routing/snapshot-options.ts';
import { defaultPathOptions } from '../routing/normalize-path.ts';
import { systemClock } from '../../core/clock.ts';
import { FakeCluster } from './testing/fake-cluster.ts';
import type { FakeServerStream } from './testing/fake-server-stream.ts';
import { createTestGateway } from './testing/test-gateway.ts';
import { stagesInOrder } from './order.ts';

const service = create(ServiceSchema, {
  name: 'bookstore.example.com',
  id: '2026-01-01r0',
  apis: [
    {
      name: 'bookstore',
      version: '1.0.0',
      methods: [{ name: 'ListShelves' }, { name: 'Translate' }, { name: 'Options' }],
    },
  ],
  http: {
    rules: [
      { selector: 'bookstore.ListShelves', pattern: { case: 'get', value: '/v1/shelves' } },
      { selector: 'bookstore.Translate', pattern: { case: 'get', value: '/v1/books/{book}' } },
      {
        selector: 'bookstore.Options',
        pattern: { case: 'custom', value: { kind: 'OPTIONS', path: '/v1/options' } },
      },
    ],
  },
  usage: { rules: [{ selector: 'bookstore.Translate', allowUnregisteredCalls: true }] },
  backend: {
    rules: [
      {
        selector: 'bookstore.Translate',
        address: 'http://books.example.com:8080/api/get',
        pathTranslation: 1,
      },
    ],
  },
  control: { environment: 'servicecontrol.googleapis.com' },
});

function createCors(): Partial<GatewayOptions> {
  const result = compileCorsPolicy(
    { ...corsFlagDefaults, preset: 'basic', allowOrigin: 'https://app.example' },
    espV2CorsStyle,
  );
  if (result.kind === 'error') throw new TypeError(result.problem);
  return { answerCors: createAnswerCors(result.policy), hasCorsPreset: true };
}

const decorate = createDecorateResponse({
  operations: [],
  strictTransportSecurity: true,
  facts: { hostname: 'h', environment: () => undefined },
});

interface Setup {
  readonly cluster: FakeCluster;
  readonly controller: ReturnType<typeof createTestGateway>['controller'];
  send(request: Partial<RequestHead>): FakeServerStream;
}

function createSetup(options: Partial<GatewayOptions> = {}): Setup {
  const { gateway, controller, send } = createTestGateway({ isEmpty: true, options });
  const { snapshot } = compileSnapshot(service, espV2SnapshotOptions);
  if (snapshot === undefined) throw new TypeError('the service does not compile');
  const cluster = new FakeCluster();
  gateway.serve([
    {
      snapshot,
      controller,
      clusters: { get: () => cluster, values: () => [cluster] },
      percent: 100,
      release: () => undefined,
    },
  ]);
  return { cluster, controller, send };
}

const preflight = ['origin', 'https://app.example', 'access-control-request-method', 'GET'];

describe('stagesInOrder', () => {
  it('keeps the order that the security of the proxy rests on', () => {
    const stages = stagesInOrder({
      dialect: createEspV2Dialect(),
      clock: systemClock,
      controller: undefined,
      createRequestId: () => '',
      headerPrefix: 'X-Endpoint-',
      addOperationName: false,
      allowWebSocket: true,
      healthPath: '/healthz',
      isHealthy: () => true,
      hasCorsPreset: true,
      path: defaultPathOptions,
      ...createCors(),
      decorateResponse: decorate,
    });
    assert.deepEqual(
      stages.map((stage) => stage.name),
      [
        'stamp-response',
        'sanitize-headers',
        'admit-request',
        'normalize-path',
        'match-route',
        'read-api-key',
        'decorate-response',
        'answer-cors',
        'answer-health',
        'refuse-unmatched',
        'authenticate',
        'check',
        'allocate-quota',
        'rewrite-path',
        'add-headers',
      ],
    );
  });

  for (const target of ['/v1/shelves', '/v1/options', '/nowhere'])
    it(`answers a preflight for ${target} before anything asks for credentials`, () => {
      const { send, controller, cluster } = createSetup(createCors());
      const stream = send({ method: 'OPTIONS', target, headers: [...preflight] });
      assert.equal(stream.head?.status, 200);
      assert.equal(stream.body, '');
      assert.equal(getHeader(stream.head.headers, 'access-control-allow-origin'), 'https://app.example');
      assert.deepEqual([controller.checks.length, cluster.requests.length], [0, 0]);
      assert.equal(controller.reports[0]?.responseCodeDetails, 'cors_response');
    });

  it('refuses OPTIONS from a foreign origin, without CORS headers', () => {
    const { send } = createSetup(createCors());
    const stream = send({
      method: 'OPTIONS',
      target: '/v1/shelves',
      headers: ['origin', 'https://evil.example'],
    });
    assert.equal(stream.head?.status, 400);
    assert.equal(getHeader(stream.head.headers, 'access-control-allow-origin'), undefined);
  });

  it('puts CORS headers and HSTS on refusals of routed requests alone', () => {
    const { send } = createSetup({ ...createCors(), decorateResponse: decorate });
    const headers = (target: string): readonly string[] =>
      send({ target, headers: ['origin', 'https://app.example'] }).head?.headers ?? [];
    const routed = headers('/v1/shelves');
    assert.equal(getHeader(routed, 'access-control-allow-origin'), 'https://app.example');
    assert.equal(getHeader(routed, 'strict-transport-security'), 'max-age=31536000; includeSubdomains');
    const unknown = headers('/nowhere');
    assert.equal(getHeader(unknown, 'access-control-allow-origin'), undefined);
    assert.equal(getHeader(unknown, 'strict-transport-security'), undefined);
  });

  it('checks the path of the client and forwards the translated one', () => {
    const { send, cluster, controller } = createSetup();
    send({ target: '/v1/books/war%20peace?lang=en', headers: ['x-api-key', 'k'] });
    assert.equal(cluster.last.head.target, '/api/get?lang=en&book=war%20peace');
    assert.equal(cluster.last.head.authority, 'books.example.com');
    assert.equal(
      getHeader(cluster.last.head.headers, 'x-envoy-original-path'),
      '/v1/books/war%20peace?lang=en',
    );
    cluster.last.respond(200);
    assert.equal(controller.reports[0]?.url, '/v1/books/war%20peace?lang=en');
  });

  it('refuses a path that is too long to translate only after a Check has allowed the caller', () => {
    const { send, controller } = createSetup();
    const long = `/v1/shelves?${'x'.repeat(9000)}`;
    assert.equal(send({ target: long }).head?.status, 401);
    const stream = send({ target: long, headers: ['x-api-key', 'k'] });
    assert.equal(stream.head?.status, 400);
    assert.equal(stream.body, '{"code":400,"message":"Path is too long, max allowed size is 8192."}\n');
    assert.equal(controller.checks.length, 1);
    assert.equal(controller.reports[1]?.responseCodeDetails, 'path_rewrite_bad_request{OVERSIZE_PATH}');
  });

  it('names the template of a known path with another verb', () => {
    const { send } = createSetup();
    assert.match(
      send({ method: 'DELETE', target: '/v1/books/1' }).body,
      /url template \\"\/v1\/books\/\{book\}\\"/,
    );
  });
});
