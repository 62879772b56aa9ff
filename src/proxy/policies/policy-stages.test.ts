import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConnectionInfo, RequestHead } from '../../protocol/http/stream.ts';
import { Exchange } from '../exchange.ts';
import { FakeServerStream } from '../pipeline/testing/fake-server-stream.ts';
import { testMethod, testSnapshot } from '../pipeline/testing/test-config.ts';
import type { ConfigSnapshot } from '../config-snapshot.ts';
import { createLocalReply } from '../local-reply.ts';
import { compileRewriteRule } from '../routing/rewrite-rules.ts';
import type { ClientAddressPolicy } from './client-address.ts';
import { ExchangeRecord } from './log-format/exchange-record.ts';
import { compileLogFormat, missingInLog } from './log-format/log-format.ts';
import { createApplyRewriteRules, createReadClientAddress } from './policy-stages.ts';

function exchangeOf(
  request: Partial<RequestHead>,
  connection: Partial<ConnectionInfo> = {},
  snapshot: Partial<ConfigSnapshot> = {},
): Exchange {
  const stream = new FakeServerStream(request, connection);
  return new Exchange(stream, testSnapshot(testMethod(), snapshot), 1_000, 50);
}

describe('createReadClientAddress', () => {
  const hops = (count: number, useRemoteAddress: boolean): ClientAddressPolicy => ({
    kind: 'trusted-hops',
    useRemoteAddress,
    hops: count,
    fromForwarded: false,
  });
  const table: ReadonlyArray<
    readonly [name: string, policy: ClientAddressPolicy, headers: string[], after: string[], client: string]
  > = [
    [
      'leaves the headers alone by default',
      hops(2, false),
      ['x-forwarded-for', '1.1.1.1, 2.2.2.2, 3.3.3.3', 'x-forwarded-proto', 'https'],
      ['x-forwarded-for', '1.1.1.1, 2.2.2.2, 3.3.3.3', 'x-forwarded-proto', 'https'],
      '1.1.1.1',
    ],
    [
      'tells the backend about an edge client',
      hops(0, true),
      ['x-forwarded-for', '1.1.1.1', 'x-forwarded-proto', 'https'],
      [
        'x-forwarded-for',
        '1.1.1.1,203.0.113.9',
        'x-forwarded-proto',
        'http',
        'x-envoy-external-address',
        '203.0.113.9',
      ],
      '203.0.113.9',
    ],
    [
      'marks an internal request',
      hops(0, false),
      ['x-forwarded-for', '10.0.0.1'],
      ['x-forwarded-for', '10.0.0.1', 'x-envoy-internal', 'true'],
      '10.0.0.1',
    ],
  ];
  for (const [name, policy, headers, after, client] of table) {
    test(name, () => {
      const exchange = exchangeOf({ headers }, { remoteAddress: '203.0.113.9' });
      assert.equal(createReadClientAddress(policy).run(exchange), undefined);
      assert.equal(exchange.clientAddress, client);
      assert.deepEqual(exchange.headers, after);
    });
  }
});

describe('createApplyRewriteRules', () => {
  test('changes path and query before routing', () => {
    const compiled = compileRewriteRule('^/old/(.*)$ /new?name=$1');
    assert.ok(compiled.kind === 'rule');
    const exchange = exchangeOf({ target: '/old/x' });
    void createApplyRewriteRules([compiled.rule])?.run(exchange);
    assert.deepEqual([exchange.path, exchange.query], ['/new', 'name=x']);
  });

  test('is no stage without rules', () => {
    assert.equal(createApplyRewriteRules([]), undefined);
  });
});

describe('ExchangeRecord', () => {
  const facts = { hostname: 'h', environment: (): undefined => undefined };
  const write = (format: string, exchange: Exchange): string => {
    const compiled = compileLogFormat(format);
    assert.ok(compiled.kind === 'format');
    return compiled.format.write(new ExchangeRecord(exchange, facts), missingInLog);
  };
  const method = '%FILTER_STATE(com.google.espv2.filters.http.service_control.api_method)%';
  const key = '%FILTER_STATE(com.google.espv2.filters.http.service_control.api_key):6%';

  test('writes an entry as ESPv2 documents it', () => {
    const exchange = exchangeOf({ target: '/echo?key=test-api-key', headers: ['user-agent', 'curl/8'] });
    exchange.routeResult = exchange.snapshot.routes.match('GET', '/echo');
    exchange.route = testMethod();
    exchange.apiKey = 'test-api-key';
    exchange.responseStatus = 200;
    exchange.upstreamTarget = '/rewritten';
    exchange.headers.push('x-envoy-original-path', '/echo?key=test-api-key');
    exchange.endedMs = 62.7;
    const line = write(
      `"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %REQ(:PATH)% %RESPONSE_CODE% %DURATION% ${method} ${key}`,
      exchange,
    );
    assert.equal(line, '"GET /echo?key=test-api-key HTTP/1.1" /rewritten 200 12 "1.test.Echo" "test-');
  });

  test('names the unknown operation', () => {
    const exchange = exchangeOf({ target: '/none' });
    exchange.routeResult = { kind: 'notFound' };
    assert.equal(write(method, exchange), '"\\u003cUnknown Operation Name\\u003e"');
  });

  const earlier = ['cors_response', 'health_check_ok', 'jwt_authn_access_denied{Jwt_is_missing}'];
  for (const responseCodeDetails of earlier) {
    test(`has no filter state after ${responseCodeDetails}`, () => {
      const exchange = exchangeOf({});
      exchange.routeResult = { kind: 'notFound' };
      exchange.localReply = createLocalReply({
        httpStatus: 200,
        rpcCode: 0,
        message: '',
        responseCodeDetails,
      });
      assert.equal(write(method, exchange), '-');
    });
  }

  test('has no filter state without Service Control', () => {
    const exchange = exchangeOf({}, {}, { hasServiceControl: false });
    exchange.routeResult = { kind: 'notFound' };
    assert.equal(write(method, exchange), '-');
  });

  test('writes the transport failure without blanks', () => {
    const exchange = exchangeOf({});
    exchange.upstreamTransportFailure = 'delayed connect error: 111';
    assert.equal(write('%UPSTREAM_TRANSPORT_FAILURE_REASON%', exchange), 'delayed_connect_error:_111');
  });

  test('has a gRPC status for gRPC callers alone', () => {
    const exchange = exchangeOf({});
    exchange.responseTrailers = ['grpc-status', '16'];
    assert.equal(write('%GRPC_STATUS%', exchange), '-');
    exchange.isGrpcCaller = true;
    assert.equal(write('%GRPC_STATUS%', exchange), 'Unauthenticated');
  });
});
