import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getHeader } from '../../src/protocol/http/headers.ts';
import { createReadClientAddress } from '../../src/proxy/policies/policy-stages.ts';
import type { ClientAddressPolicy } from '../../src/proxy/policies/client-address.ts';
import { Exchange } from '../../src/proxy/exchange.ts';
import { FakeServerStream } from '../../src/proxy/pipeline/testing/fake-server-stream.ts';
import { testMethod, testSnapshot } from '../../src/proxy/pipeline/testing/test-config.ts';
import { createHarness } from './gateway-harness.ts';
import type { HarnessFlags } from './gateway-harness.ts';
import { rowsService } from './services.ts';

const rows = [
  'GET /a',
  'GET /a/b',
  'GET /items/{id}',
  'GET /items/new',
  'GET /jobs/{id}:run',
  'POST /jobs/{id}',
  'GET /files/**',
  'GET /files/*/meta',
  'GET /private/{x}',
];
const longSegment = 'x'.repeat(60_000);

/** Where a hostile request ends: the backend's target and the operation's row, or the status of the refusal. */
const paths: ReadonlyArray<
  readonly [name: string, target: string, outcome: number | readonly [row: string, target: string]]
> = [
  ['dot segments', '/x/../a', ['GET /a', '/a']],
  ['dot segments that climb out', '/../../a', ['GET /a', '/a']],
  ['double slashes', '/a//b', ['GET /a/b', '/a/b']],
  ['a parameter on dots', '/a/..;/b', 404],
  ['encoded dots', '/private/%2e%2e/a', ['GET /a', '/a']],
  ['doubly encoded dots', '/items/%252e%252e', ['GET /items/{id}', '/items/%252e%252e']],
  ['an encoded slash', '/items/a%2Fb', ['GET /items/{id}', '/items/a%2Fb']],
  ['an encoded backslash', '/items/a%5Cb', ['GET /items/{id}', '/items/a%5Cb']],
  ['a backslash', '/private\\..\\a', ['GET /a', '/a']],
  ['an encoded NUL', '/items/%00', 400],
  ['encoded line ends', '/items/%0d%0ax', ['GET /items/{id}', '/items/%0d%0ax']],
  ['a lone percent', '/items/%', ['GET /items/{id}', '/items/%']],
  ['a bad escape', '/items/%G1', ['GET /items/{id}', '/items/%G1']],
  ['a Microsoft escape', '/items/%u002f', ['GET /items/{id}', '/items/%u002f']],
  ['an overlong encoding', '/items/%c0%af', ['GET /items/{id}', '/items/%c0%af']],
  ['another case', '/A', 404],
  ['a trailing slash', '/a/', ['GET /a', '/a/']],
  ['a path parameter', '/a;v=1', 404],
  ['an encoded question mark', '/a%3Fx', 404],
  ['an encoded colon before a verb', '/jobs/7%3Arun', 405],
  ['a verb', '/jobs/7:run', ['GET /jobs/{id}:run', '/jobs/7:run']],
  ['a path of 60 KB', `/items/${longSegment}`, ['GET /items/{id}', `/items/${longSegment}`]],
  ['10,000 segments', '/b'.repeat(10_000), 404],
  [
    '10,000 segments under a wildcard',
    `/files${'/b'.repeat(10_000)}`,
    ['GET /files/**', `/files${'/b'.repeat(10_000)}`],
  ],
  ['10,000 slashes', '/'.repeat(10_000), 404],
  ['a literal that equals a variable', '/items/new', ['GET /items/new', '/items/new']],
  ['* before **', '/files/x/meta', ['GET /files/*/meta', '/files/x/meta']],
  ['** after *', '/files/x/y/meta', ['GET /files/**', '/files/x/y/meta']],
  ['a name of Object.prototype', '/__proto__', 404],
  ['a fragment', '/a#b', 400],
  ['an asterisk', '*', 404],
];

describe('hostile paths', () => {
  for (const [name, target, outcome] of paths) {
    test(`${name}: ${target.slice(0, 40)}`, () => {
      const harness = createHarness(rowsService(rows));
      const stream = harness.send({ method: 'GET', target });
      if (typeof outcome === 'number') {
        assert.equal(stream.head?.status, outcome);
        assert.equal(harness.backend.requests.length, 0);
        return;
      }
      const { head } = harness.backend.last;
      harness.backend.last.respond(200);
      const row = rows[Number(harness.ended[0]?.route?.name.slice('Op'.length))];
      assert.deepEqual([row, head.target], outcome);
    });
  }
});

describe('hostile method overrides', () => {
  const overrides: ReadonlyArray<
    readonly [name: string, method: string, override: readonly string[], status: number]
  > = [
    ['to a method that is there, from one that is not', 'PUT', ['GET'], 200],
    ['in lower case', 'GET', ['get'], 405],
    ['twice: the first one counts', 'GET', ['PUT', 'GET'], 405],
    ['to nothing', 'GET', [''], 405],
  ];
  for (const [name, method, override, status] of overrides) {
    test(name, () => {
      const harness = createHarness(rowsService(rows));
      const headers = override.flatMap((value) => ['x-http-method-override', value]);
      const stream = harness.send({ method, target: '/a', headers });
      assert.equal(harness.backend.requests.length, status === 200 ? 1 : 0);
      if (status === 200) harness.backend.last.respond(200);
      assert.equal(stream.head?.status, status);
    });
  }

  test('on a gRPC call: the call is matched by the override', () => {
    const harness = createHarness(rowsService(rows));
    const headers = ['content-type', 'application/grpc', 'x-http-method-override', 'GET'];
    harness.send({ method: 'POST', target: '/a', headers });
    assert.equal(harness.backend.last.head.method, 'GET');
  });
});

describe('hostile headers', () => {
  test('a redirect names no host, whatever the forwarding headers say', () => {
    const flags: HarnessFlags = { path: { redirectEscapedSlashes: true } };
    const headers = [
      'x-forwarded-host',
      'evil.example',
      'x-forwarded-proto',
      'javascript',
      'host',
      'evil.example',
    ];
    const stream = createHarness(rowsService(rows), flags).send({ method: 'GET', target: '/a%2Fb', headers });
    assert.equal(stream.head?.status, 307);
    assert.equal(getHeader(stream.head.headers, 'location'), '/a/b');
  });

  test('headers of ours with underscores do not reach the backend', () => {
    const harness = createHarness(rowsService(rows));
    const headers = [
      'x_endpoint_api_userinfo',
      'forged',
      'X-Endpoint_API-Operation-Name'.toLowerCase(),
      'forged',
    ];
    harness.send({ method: 'GET', target: '/a', headers });
    assert.ok(!harness.backend.last.head.headers.includes('forged'));
  });

  const forwardedFor: ReadonlyArray<readonly [name: string, lines: readonly string[]]> = [
    ['no hop', []],
    ['one hop', ['10.0.0.1']],
    ['two hops', ['10.0.0.1, 10.0.0.2']],
    ['junk where the client should be', ['<script>, 1.1.1.1, 2.2.2.2']],
    ['a port', ['1.2.3.4:80, 1.1.1.1, 2.2.2.2']],
    ['a bracket', ['[::1], 1.1.1.1, 2.2.2.2']],
    ['only commas', [',,,,']],
  ];
  for (const [name, lines] of forwardedFor) {
    test(`X-Forwarded-For with ${name} leaves the peer's address`, () => {
      const policy: ClientAddressPolicy = {
        kind: 'trusted-hops',
        useRemoteAddress: false,
        hops: 2,
        fromForwarded: false,
      };
      const headers = lines.flatMap((line) => ['x-forwarded-for', line]);
      const exchange = new Exchange(new FakeServerStream({ headers }), testSnapshot(testMethod()), 0, 0);
      void createReadClientAddress(policy).run(exchange);
      assert.equal(exchange.clientAddress, '127.0.0.1');
    });
  }
});
