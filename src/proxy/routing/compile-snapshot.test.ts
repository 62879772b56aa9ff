import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { ConfigSnapshot } from '../config-snapshot.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import type { MethodConfig } from './method-config.ts';
import { espV1SnapshotOptions, espV2SnapshotOptions } from './snapshot-options.ts';
import type { SnapshotOptions } from './snapshot-options.ts';

const serviceName = 'shop.endpoints.example.com';

/** A config whose API is `shop` with the methods that `http` or `methods` name. */
function config(
  parts: JsonObject & { methods?: ReadonlyArray<string | JsonObject>; http?: ReadonlyArray<JsonObject> },
): JsonObject {
  const { methods, http, ...rest } = parts;
  const rules = http ?? [{ selector: 'shop.Get', get: '/items/{item}' }];
  const names = methods ?? [...new Set(rules.map((rule) => String(rule['selector']).slice(5)))];
  return {
    name: serviceName,
    id: 'config-1',
    apis: [
      {
        name: 'shop',
        version: '1.0.0',
        methods: names.map((one) => (typeof one === 'string' ? { name: one } : one)),
      },
    ],
    http: { rules: [...rules] },
    ...rest,
  };
}

function compile(json: JsonObject, options: Partial<SnapshotOptions> = {}): ConfigSnapshot {
  const result = compileSnapshot(fromJson(ServiceSchema, json), { ...espV2SnapshotOptions, ...options });
  assert.deepEqual(
    result.diagnostics.filter((d) => d.kind === 'error'),
    [],
  );
  assert.ok(result.snapshot !== undefined);
  return result.snapshot;
}

function problems(json: JsonObject, options: Partial<SnapshotOptions> = {}): readonly string[] {
  const result = compileSnapshot(fromJson(ServiceSchema, json), { ...espV2SnapshotOptions, ...options });
  return result.diagnostics.map((d) => `${d.kind} ${d.rule}: ${d.message}`);
}

function methodOf(snapshot: ConfigSnapshot, selector = 'shop.Get'): MethodConfig {
  const method = snapshot.methods.get(selector);
  assert.ok(method !== undefined, selector);
  return method;
}

function selectorFor(snapshot: ConfigSnapshot, method: string, path: string): string {
  const result = snapshot.routes.match(method, path);
  return result.kind === 'method' ? result.method.selector : result.kind;
}

describe('compileSnapshot: routes', () => {
  test('serves every binding of a rule', () => {
    const snapshot = compile(
      config({
        http: [
          {
            selector: 'shop.Get',
            get: '/items/{item}',
            additionalBindings: [
              { post: '/items:find', body: '*' },
              { custom: { kind: 'SEARCH', path: '/i' } },
            ],
          },
        ],
      }),
    );
    assert.equal(selectorFor(snapshot, 'GET', '/items/1'), 'shop.Get');
    assert.equal(selectorFor(snapshot, 'POST', '/items:find'), 'shop.Get');
    assert.equal(selectorFor(snapshot, 'SEARCH', '/i'), 'shop.Get');
    assert.equal(methodOf(snapshot).template, '/items/{item}');
  });

  test('serves any verb for custom kind *', () => {
    const snapshot = compile(
      config({ http: [{ selector: 'shop.Any', custom: { kind: '*', path: '/any' } }] }),
    );
    assert.equal(selectorFor(snapshot, 'BREW', '/any'), 'shop.Any');
  });

  test('names the template of the first verb when none fits', () => {
    const snapshot = compile(
      config({
        http: [
          { selector: 'shop.Get', get: '/items/{item=*}' },
          { selector: 'shop.Delete', delete: '/items/{id}' },
        ],
      }),
    );
    assert.deepEqual(snapshot.routes.match('POST', '/items/1/'), {
      kind: 'methodNotAllowed',
      template: '/items/{id}',
      allowedMethods: ['DELETE', 'GET'],
    });
  });

  test('has no route for a method without an http rule and without gRPC', () => {
    const snapshot = compile(config({ methods: ['Get', 'Hidden'] }));
    assert.equal(selectorFor(snapshot, 'POST', '/shop/Hidden'), 'notFound');
  });

  test('adds the gRPC path of every method when a backend speaks gRPC', () => {
    const snapshot = compile(config({ methods: ['Get', 'Hidden'] }), { backend: 'grpc://127.0.0.1:9' });
    assert.equal(selectorFor(snapshot, 'POST', '/shop/Hidden'), 'shop.Hidden');
    assert.equal(selectorFor(snapshot, 'POST', '/shop/Get/'), 'shop.Get');
    assert.equal(selectorFor(snapshot, 'GET', '/shop/Get'), 'methodNotAllowed');
    assert.equal(snapshot.requiresGrpc, true);
  });

  test('skips the discovery API with a warning', () => {
    const json = config({});
    (json['apis'] as JsonObject[]).push({ name: 'google.discovery', methods: [{ name: 'GetRest' }] });
    assert.match(problems(json)[0] ?? '', /^warning discovery-api/);
    assert.equal(compile(json).methods.has('google.discovery.GetRest'), false);
  });

  test('takes the last of two rules for one selector', () => {
    const snapshot = compile(
      config({
        http: [
          { selector: 'shop.Get', get: '/old' },
          { selector: 'shop.Get', get: '/new' },
        ],
      }),
    );
    assert.equal(selectorFor(snapshot, 'GET', '/old'), 'notFound');
    assert.equal(selectorFor(snapshot, 'GET', '/new'), 'shop.Get');
  });

  test('falls back from HEAD to GET in v1 only', () => {
    assert.equal(selectorFor(compile(config({})), 'HEAD', '/items/1'), 'methodNotAllowed');
    assert.equal(selectorFor(compile(config({}), espV1SnapshotOptions), 'HEAD', '/items/1'), 'shop.Get');
  });

  test('leaves the root template out in v1', () => {
    const json = config({ http: [{ selector: 'shop.Root', get: '/' }] });
    assert.equal(selectorFor(compile(json), 'GET', '/'), 'shop.Root');
    assert.equal(selectorFor(compile(json, espV1SnapshotOptions), 'GET', '/'), 'notFound');
  });
});

describe('compileSnapshot: errors', () => {
  const bad: ReadonlyArray<readonly [name: string, json: JsonObject, problem: RegExp]> = [
    ['no apis', { name: serviceName }, /^error no-apis/],
    [
      'a template that does not parse',
      config({ http: [{ selector: 'shop.Get', get: '/echo////???#$$%/' }] }),
      /^error invalid-http-template: In path template '\/echo.*leading '\/' only allowed/,
    ],
    [
      'two equal rows',
      config({
        http: [
          { selector: 'shop.Get', get: '/a/{id=*}' },
          { selector: 'shop.Take', get: '/a/{name}' },
        ],
      }),
      /^error duplicate-http-pattern: shop\.Take has duplicate http pattern `GET \/a\/\{name=\*\}`$/,
    ],
    [
      'a row repeated in an additional binding',
      config({ http: [{ selector: 'shop.Get', get: '/a', additionalBindings: [{ get: '/a' }] }] }),
      /^error duplicate-http-pattern: shop\.Get has duplicate http pattern `GET \/a`$/,
    ],
    [
      'a rule without pattern',
      config({ http: [{ selector: 'shop.Get' }] }),
      /^error http-rule-without-pattern/,
    ],
    [
      'a backend scheme that is none',
      config({ backend: { rules: [{ selector: 'shop.Get', address: 'foos://h' }] } }),
      /^error bad-backend-address: unknown backend scheme \[foos\]/,
    ],
    [
      'an http override that speaks gRPC',
      config({
        backend: {
          rules: [
            {
              selector: 'shop.Get',
              address: 'grpc://h',
              overridesByRequestProtocol: { http: { address: 'grpc://h' } },
            },
          ],
        },
      }),
      /^error bad-backend-address: gRPC protocol conflicted with http backend/,
    ],
    [
      'an unknown provider',
      config({
        authentication: { rules: [{ selector: 'shop.Get', requirements: [{ providerId: 'who' }] }] },
      }),
      /^error unknown-auth-provider: Cannot find auth provider with id 'who'/,
    ],
  ];
  for (const [name, json, problem] of bad) {
    test(`reports ${name}`, () => {
      const service = fromJson(ServiceSchema, json);
      const result = compileSnapshot(service, espV2SnapshotOptions);
      assert.equal(result.snapshot, undefined);
      const [first] = result.diagnostics;
      assert.match(`${first?.kind} ${first?.rule}: ${first?.message}`, problem);
    });
  }

  test('reports an API row that equals the health path', () => {
    const json = config({ http: [{ selector: 'shop.Get', get: '/healthz' }] });
    assert.match(
      problems(json, { healthPath: 'healthz' })[0] ?? '',
      /duplicate http pattern `GET \/healthz`/,
    );
  });
});

describe('compileSnapshot: backends', () => {
  const rule = (fields: JsonObject): JsonObject =>
    config({ backend: { rules: [{ selector: 'shop.Get', ...fields }] } });

  test('sends methods without a rule to the local backend with the client host', () => {
    const snapshot = compile(config({}));
    const { backend } = methodOf(snapshot);
    assert.equal(backend.cluster, `backend-cluster-${serviceName}_local`);
    assert.equal(backend.hostRewrite, undefined);
    assert.equal(backend.jwtAudience, undefined);
    assert.deepEqual(snapshot.clusters.get(backend.cluster), {
      name: backend.cluster,
      scheme: 'http',
      protocol: 'http/1.1',
      host: '127.0.0.1',
      port: 8082,
      isUnixSocket: false,
    });
  });

  test('takes host and port alone as an http backend', () => {
    const snapshot = compile(config({}), { backend: '127.0.0.1:8081' });
    assert.equal(snapshot.clusters.get(snapshot.localCluster)?.port, 8081);
    assert.equal(snapshot.clusters.get(snapshot.localCluster)?.scheme, 'http');
  });

  test('gives an address with TLS a cluster of its own beside one without on the same port', () => {
    const rules = ['http', 'https', 'https'].map((scheme, index) => ({
      selector: `shop.Op${index}`,
      address: `${scheme}://far.example:8443`,
    }));
    const http = rules.map(({ selector }, index) => ({ selector, get: `/op${index}` }));
    const snapshot = compile(config({ http, backend: { rules } }));
    const clusters = rules.map(({ selector }) => methodOf(snapshot, selector).backend.cluster);
    assert.deepEqual(
      clusters.map((name) => snapshot.clusters.get(name)?.scheme),
      ['http', 'https', 'https'],
    );
    assert.equal(new Set(clusters).size, 2);
  });

  test('sends methods with an address there, with the bare host name', () => {
    const snapshot = compile(rule({ address: 'https://far.example:8443/base/', protocol: 'h2' }));
    const { backend } = methodOf(snapshot);
    assert.equal(backend.cluster, 'backend-cluster-far.example:8443');
    assert.equal(backend.protocol, 'h2');
    assert.equal(backend.hostRewrite, 'far.example');
    assert.equal(backend.pathTranslation, undefined);
    assert.equal(snapshot.clusters.get(backend.cluster)?.scheme, 'https');
  });

  test('merges rules of one host and port, the first protocol counts', () => {
    const snapshot = compile(
      config({
        http: [
          { selector: 'shop.Get', get: '/a' },
          { selector: 'shop.Put', put: '/a' },
        ],
        backend: {
          rules: [
            { selector: 'shop.Get', address: 'https://h:1' },
            { selector: 'shop.Put', address: 'https://h:1', protocol: 'h2' },
          ],
        },
      }),
    );
    assert.equal(snapshot.clusters.size, 2);
    assert.equal(methodOf(snapshot, 'shop.Put').backend.protocol, 'http/1.1');
  });

  const translations: ReadonlyArray<readonly [translation: string, address: string, expected: unknown]> = [
    ['APPEND_PATH_TO_ADDRESS', 'https://h', undefined],
    ['APPEND_PATH_TO_ADDRESS', 'https://h/', undefined],
    ['APPEND_PATH_TO_ADDRESS', 'https://h/p/', { kind: 'append', prefix: '/p' }],
    ['CONSTANT_ADDRESS', 'https://h', { kind: 'constant', path: '/', bindingsFirst: false }],
    ['CONSTANT_ADDRESS', 'https://h/p/', { kind: 'constant', path: '/p', bindingsFirst: false }],
    ['PATH_TRANSLATION_UNSPECIFIED', 'https://h/p', undefined],
    ['CONSTANT_ADDRESS', '', undefined],
  ];
  for (const [pathTranslation, address, expected] of translations) {
    test(`translates paths by ${pathTranslation} to '${address}'`, () => {
      assert.deepEqual(
        methodOf(compile(rule({ pathTranslation, address }))).backend.pathTranslation,
        expected,
      );
    });
  }

  test('names query parameters of variables by the JSON names of the request type', () => {
    const snapshot = compile({
      ...config({
        methods: [{ name: 'Get', requestTypeUrl: 'type.googleapis.com/shop.GetRequest' }],
        http: [{ selector: 'shop.Get', get: '/{shelf_id}/{book_ref.page_no}/{other}' }],
        backend: {
          rules: [{ selector: 'shop.Get', address: 'https://h', pathTranslation: 'CONSTANT_ADDRESS' }],
        },
      }),
      types: [
        {
          name: 'shop.GetRequest',
          fields: [
            { name: 'shelf_id', jsonName: 'shelfId' },
            { name: 'book_ref', jsonName: 'bookRef' },
            { name: 'other', jsonName: 'other' },
          ],
        },
      ],
    });
    const result = snapshot.routes.match('GET', '/1/2/3');
    assert.ok(result.kind === 'method');
    const translation = result.method.backend.pathTranslation;
    assert.ok(translation?.kind === 'constant');
    assert.deepEqual(Object.fromEntries(translation.queryNames ?? []), {
      shelf_id: 'shelfId',
      'book_ref.page_no': 'bookRef.page_no',
    });
  });

  test('keeps audience and deadline but neither host, path nor address under an address override', () => {
    const snapshot = compile(
      rule({ address: 'https://far/p', pathTranslation: 'CONSTANT_ADDRESS', deadline: 3 }),
      { backendRouting: false },
    );
    assert.deepEqual(methodOf(snapshot).backend, {
      cluster: snapshot.localCluster,
      protocol: 'http/1.1',
      pathTranslation: undefined,
      hostRewrite: undefined,
      deadlineMs: 3_000,
      idleTimeoutMs: 300_000,
      jwtAudience: 'https://far',
    });
  });

  const audiences: ReadonlyArray<readonly [rule: JsonObject, audience: string | undefined]> = [
    [{ address: 'grpc://ghi.com:5/api', disableAuth: false }, 'http://ghi.com'],
    [{ address: 'grpcs://mno.com/api' }, 'https://mno.com'],
    [{ address: 'https://h', jwtAudience: 'foo' }, 'foo'],
    [{ jwtAudience: 'foo' }, 'foo'],
    [{ address: 'https://h', disableAuth: true }, undefined],
    [{ deadline: 1 }, undefined],
  ];
  for (const [fields, audience] of audiences) {
    test(`asks for a token for ${audience ?? 'nobody'} by ${JSON.stringify(fields)}`, () => {
      assert.equal(methodOf(compile(rule(fields))).backend.jwtAudience, audience);
    });
  }

  test('asks for no token without backend authentication', () => {
    const snapshot = compile(rule({ address: 'https://h' }), { backendAuthentication: false });
    assert.equal(methodOf(snapshot).backend.jwtAudience, undefined);
  });

  const timeouts: ReadonlyArray<
    readonly [deadline: number, idleMs: number, streaming: boolean, deadlineMs: number, idleTimeoutMs: number]
  > = [
    [10.5, 300_000, false, 10_500, 300_000],
    [10.5, 7_000, false, 10_500, 11_500],
    [0, 30_000, false, 15_000, 30_000],
    [0, 7_000, false, 15_000, 16_000],
    [-10.5, 300_000, false, 15_000, 300_000],
    [30.0009, 7_000, false, 30_001, 31_001],
    [10.5, 300_000, true, 0, 10_500],
    [0, 25_000, true, 0, 25_000],
    [0, 7_000, true, 0, 16_000],
  ];
  for (const [deadline, streamIdleTimeoutMs, responseStreaming, deadlineMs, idleTimeoutMs] of timeouts) {
    const kind = responseStreaming ? 'a stream' : 'a unary method';
    test(`gives ${kind} with deadline ${deadline} and idle ${streamIdleTimeoutMs} its timeouts`, () => {
      const json = config({
        methods: [{ name: 'Get', responseStreaming }],
        backend: { rules: [{ selector: 'shop.Get', deadline }] },
      });
      const { backend } = methodOf(compile(json, { streamIdleTimeoutMs }));
      assert.deepEqual([backend.deadlineMs, backend.idleTimeoutMs], [deadlineMs, idleTimeoutMs]);
    });
  }

  test('sends http rows to the http override and the gRPC path to the main backend', () => {
    const snapshot = compile(
      rule({
        address: 'grpc://main:1',
        deadline: 10.5,
        overridesByRequestProtocol: { http: { address: 'http://rest:2/ignored', deadline: 20.5 } },
      }),
    );
    const http = snapshot.routes.match('GET', '/items/1');
    const grpc = snapshot.routes.match('POST', '/shop/Get');
    assert.ok(http.kind === 'method' && grpc.kind === 'method');
    assert.equal(http.method.backend.cluster, 'backend-cluster-rest:2');
    assert.equal(http.method.backend.hostRewrite, undefined);
    assert.equal(http.method.backend.deadlineMs, 20_500);
    assert.equal(grpc.method.backend.cluster, 'backend-cluster-main:1');
    assert.equal(grpc.method.backend.hostRewrite, 'main');
    assert.equal(grpc.method.backend.deadlineMs, 10_500);
    assert.equal(http.method.selector, grpc.method.selector);
  });

  test('requires gRPC for a remote gRPC backend only while requests go there', () => {
    const json = rule({ address: 'grpcs://h' });
    assert.equal(compile(json).requiresGrpc, true);
    assert.equal(compile(json, { backendRouting: false }).requiresGrpc, false);
  });
});

describe('compileSnapshot: policies', () => {
  test('looks for keys in the default places', () => {
    assert.deepEqual(methodOf(compile(config({}))).apiKeyLocations, [
      { kind: 'query', name: 'key' },
      { kind: 'query', name: 'api_key' },
      { kind: 'header', name: 'x-api-key' },
    ]);
  });

  test('looks for keys where system parameters say, query before header of each', () => {
    const parameters = [
      { name: 'api_key', httpHeader: 'Header-1', urlQueryParameter: 'query_1' },
      { name: 'other', httpHeader: 'X-Other' },
      { name: 'api_key', httpHeader: 'Header-2' },
    ];
    const json = config({ systemParameters: { rules: [{ selector: 'shop.Get', parameters }] } });
    assert.deepEqual(methodOf(compile(json)).apiKeyLocations, [
      { kind: 'query', name: 'query_1' },
      { kind: 'header', name: 'header-1' },
      { kind: 'header', name: 'header-2' },
    ]);
  });

  test('reads usage rules, by wildcard too, the last one counts', () => {
    const json = config({
      methods: ['Get', 'Put'],
      usage: {
        rules: [
          { selector: 'shop.Put', skipServiceControl: true },
          { selector: 'shop.*', allowUnregisteredCalls: true },
        ],
      },
    });
    const snapshot = compile(json);
    assert.equal(methodOf(snapshot).allowUnregisteredCalls, true);
    assert.equal(methodOf(snapshot, 'shop.Put').skipServiceControl, false);
  });

  test('runs gRPC health checks without Service Control unless a rule names them', () => {
    const json = config({ usage: { rules: [{ selector: 'grpc.health.v1.Health.Watch' }] } });
    (json['apis'] as JsonObject[]).push({
      name: 'grpc.health.v1.Health',
      methods: [{ name: 'Check' }, { name: 'Watch' }],
    });
    const snapshot = compile(json);
    assert.equal(methodOf(snapshot, 'grpc.health.v1.Health.Check').skipServiceControl, true);
    assert.equal(methodOf(snapshot, 'grpc.health.v1.Health.Watch').skipServiceControl, false);
  });

  test('sorts quota costs and counts at least one', () => {
    const json = config({
      quota: { metricRules: [{ selector: 'shop.Get', metricCosts: { writes: '3', reads: '0', bad: '-4' } }] },
    });
    assert.deepEqual(methodOf(compile(json)).metricCosts, [
      ['bad', 1],
      ['reads', 1],
      ['writes', 3],
    ]);
  });

  const requirement = (audiences: string, provider: string): JsonObject =>
    config({
      authentication: {
        providers: [{ id: 'p', issuer: 'i', audiences: provider }],
        rules: [
          {
            selector: 'shop.Get',
            allowWithoutCredential: true,
            requirements: [{ providerId: 'p', audiences }],
          },
        ],
      },
    });
  const expectations: ReadonlyArray<
    readonly [
      requirement: string,
      provider: string,
      options: Partial<SnapshotOptions>,
      expected: readonly string[],
    ]
  > = [
    ['', '', {}, [`https://${serviceName}`]],
    ['', '', { serviceNameAudience: 'never' }, []],
    ['', ' a , b', {}, ['a', 'b']],
    ['c', 'a', {}, ['c']],
    ['c', 'a', espV1SnapshotOptions, ['c', 'a', `https://${serviceName}`]],
  ];
  for (const [own, provider, options, expected] of expectations) {
    test(`accepts ${JSON.stringify(expected)} for '${own}' of a provider with '${provider}'`, () => {
      const { authentication } = methodOf(compile(requirement(own, provider), options));
      assert.deepEqual(authentication?.requirements[0]?.audiences, expected);
      assert.equal(authentication.allowWithoutCredential, true);
    });
  }

  test('looks at no token where a rule has no requirements', () => {
    const json = config({ authentication: { rules: [{ selector: 'shop.Get' }] } });
    assert.equal(methodOf(compile(json)).authentication, undefined);
  });
});

describe('compileSnapshot: generated routes', () => {
  const cors = (name: string, allowCors: boolean): JsonObject =>
    config({
      http: [
        { selector: 'shop.Get', get: '/items/{item}' },
        { selector: 'shop.Delete', delete: '/items/{id}' },
        { selector: 'shop.Options', custom: { kind: 'OPTIONS', path: '/own' } },
        { selector: 'shop.Any', custom: { kind: '*', path: '/any' } },
      ],
      authentication: {
        providers: [{ id: 'p' }],
        rules: [{ selector: '*', requirements: [{ providerId: 'p' }] }],
      },
      endpoints: [{ name, allowCors }],
    });

  test('answers OPTIONS with the first operation of a template, without key and token', () => {
    const snapshot = compile(cors(serviceName, true));
    const selector = 'shop.ESPv2_Autogenerated_CORS_Delete';
    assert.equal(selectorFor(snapshot, 'OPTIONS', '/items/1'), selector);
    const method = methodOf(snapshot, selector);
    assert.equal(method.origin, 'cors');
    assert.equal(method.name, 'ESPv2_Autogenerated_CORS_Delete');
    assert.equal(method.allowUnregisteredCalls, true);
    assert.equal(method.skipServiceControl, false);
    assert.equal(method.authentication, undefined);
  });

  test('leaves OPTIONS and * operations of the config to themselves', () => {
    const snapshot = compile(cors(serviceName, true));
    assert.equal(selectorFor(snapshot, 'OPTIONS', '/own'), 'shop.Options');
    assert.equal(selectorFor(snapshot, 'OPTIONS', '/any'), 'shop.Any');
  });

  test('calls the operation CORS in v1', () => {
    const snapshot = compile(cors(serviceName, true), espV1SnapshotOptions);
    assert.equal(selectorFor(snapshot, 'OPTIONS', '/items/1'), 'CORS');
  });

  test('lists OPTIONS among the allowed methods', () => {
    const result = compile(cors(serviceName, true)).routes.match('PUT', '/items/1');
    assert.ok(result.kind === 'methodNotAllowed');
    assert.deepEqual(result.allowedMethods, ['DELETE', 'GET', 'OPTIONS']);
  });

  for (const [name, allowCors] of [
    [serviceName, false],
    ['other.example.com', true],
  ] as const) {
    test(`generates nothing for endpoint ${name} with allow_cors ${allowCors}`, () => {
      const snapshot = compile(cors(name, allowCors));
      assert.equal(selectorFor(snapshot, 'OPTIONS', '/items/1'), 'methodNotAllowed');
      assert.equal(snapshot.allowsCors, false);
    });
  }

  test('routes GET of the health path after the rows of the API', () => {
    const snapshot = compile(config({}), { healthPath: 'healthz' });
    const selector = 'espv2_deployment.ESPv2_Autogenerated_HealthCheck';
    assert.equal(selectorFor(snapshot, 'GET', '/healthz/'), selector);
    assert.equal(selectorFor(snapshot, 'POST', '/healthz'), 'methodNotAllowed');
    assert.equal(methodOf(snapshot, selector).skipServiceControl, true);
  });

  test('gives the health path to a catch-all row of the API', () => {
    const json = config({ http: [{ selector: 'shop.All', get: '/**' }] });
    assert.equal(selectorFor(compile(json, { healthPath: '/healthz' }), 'GET', '/healthz'), 'shop.All');
  });

  test('names the more specific of health path and API template in a 405', () => {
    const json = config({ http: [{ selector: 'shop.All', post: '/{x}' }] });
    const result = compile(json, { healthPath: '/healthz' }).routes.match('PUT', '/healthz');
    assert.ok(result.kind === 'methodNotAllowed');
    assert.equal(result.template, '/healthz');
  });
});
