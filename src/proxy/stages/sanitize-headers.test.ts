import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEspV2Dialect } from '../dialects/esp-v2/dialect.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { Exchange } from '../exchange.ts';
import { FakeServerStream } from '../pipeline/testing/fake-server-stream.ts';
import { testMethod, testSnapshot } from '../pipeline/testing/test-config.ts';
import { createSanitizeHeaders } from './sanitize-headers.ts';

const dialect = createEspV2Dialect();

function sanitize(headers: string[], headerPrefix = 'X-Endpoint-'): Exchange {
  const stream = new FakeServerStream({ headers });
  const exchange = new Exchange(stream, testSnapshot(testMethod()), 0, 0);
  createSanitizeHeaders({ dialect, headerPrefix }).run(exchange);
  return exchange;
}

describe('createSanitizeHeaders', () => {
  for (const name of [
    'x-endpoint-api-userinfo',
    'x-endpoint-api-consumer-type',
    'x-endpoint-api-consumer-number',
    'x-endpoint-api-project-id',
    'x-endpoint-api-operation-name',
    'x_endpoint_api_userinfo',
    'x-endpoint_api-userinfo',
    'x-apigateway-api-userinfo',
    'x-forwarded-authorization',
    'x_forwarded_authorization',
    'x-forwarded-client-cert',
    'x-envoy-internal',
    'x-envoy-retry-on',
    'x-envoy-upstream-rq-timeout-ms',
  ])
    it(`removes ${name}, however often it comes`, () => {
      const { headers } = sanitize([name, 'a', 'accept', '*/*', name, 'b']);
      assert.deepEqual(headers, ['accept', '*/*']);
    });

  it('removes the names under a prefix of its own', () => {
    const { headers } = sanitize(['esp-api-userinfo', 'a', 'esp-other', 'b'], 'Esp-');
    assert.deepEqual(headers, ['esp-other', 'b']);
  });

  for (const name of ['x_my_api-userinfo', 'x-my-api-userinfo', 'x_my_api_userinfo'])
    it(`removes ${name} under a prefix with underscores`, () => {
      assert.deepEqual(sanitize([name, 'a', 'x_my_other', 'b'], 'X_My_').headers, ['x_my_other', 'b']);
    });

  for (const name of ['_api-userinfo', '-api-userinfo'])
    it(`removes ${name} under a prefix that begins with an underscore`, () => {
      assert.deepEqual(sanitize([name, 'a'], '_').headers, []);
    });

  it('keeps everything else as it came', () => {
    const headers = ['authorization', 'Bearer t', 'x-request-id', '1', 'x_own', '2', 'cookie', 'c'];
    assert.deepEqual(sanitize([...headers]).headers, headers);
  });

  it('takes the verb of the first override and removes them all', () => {
    const exchange = sanitize(['x-http-method-override', 'PATCH', 'a', 'b', 'x-http-method-override', 'PUT']);
    assert.equal(exchange.method, 'PATCH');
    assert.deepEqual(exchange.headers, ['a', 'b']);
  });

  it('takes the text of an override as it is', () => {
    assert.equal(sanitize(['x-http-method-override', 'patch']).method, 'patch');
  });

  for (const [value, isKept] of [
    ['http://google.com/bookstore/root', true],
    ['https://a.example', true],
    ['/path/only?a=b:c', true],
    ['no-slash', true],
    ['http://a.example/#fragment', false],
    ['http://user@a.example/', false],
    ['http:///x', false],
    ['mailto:a@b', false],
  ] as const)
    it(`${isKept ? 'keeps' : 'removes'} the referer ${value}`, () => {
      assert.deepEqual(sanitize(['referer', value]).headers, isKept ? ['referer', value] : []);
    });

  it('removes a repeated referer whole', () => {
    const { headers } = sanitize(['a', '1', 'referer', '/x', 'b', '2', 'referer', '/y', 'referer', '/z']);
    assert.deepEqual(headers, ['a', '1', 'b', '2']);
  });

  it('recognises gRPC callers by the content type as received', () => {
    assert.equal(sanitize(['content-type', 'application/grpc+proto']).isGrpcCaller, true);
    assert.equal(sanitize(['content-type', 'application/grpc-web']).isGrpcCaller, false);
  });

  it('measures what was received, removed fields included', () => {
    const exchange = sanitize(['x-endpoint-api-userinfo', 'abc']);
    const line = ':method:path:scheme:authority'.length + 'GET/httpapi.example.com'.length;
    assert.equal(exchange.requestHeaderBytes, line + 'x-endpoint-api-userinfoabc'.length);
  });

  it('routes by the overridden verb and forwards it', () => {
    const { send, cluster } = createTestGateway();
    assert.equal(send({ headers: ['x-http-method-override', 'DELETE'] }).head?.status, 405);
    send({ method: 'DELETE', headers: ['x-http-method-override', 'POST'] });
    assert.equal(cluster.last.head.method, 'POST');
  });
});
