import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeader } from '../../protocol/http/headers.ts';
import { createEspV1Dialect } from '../dialects/esp-v1/dialect.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';

describe('createNormalizePath', () => {
  it('routes, reports and forwards the plain spelling', () => {
    const { send, cluster, controller } = createTestGateway();
    send({ target: '/x/../%65cho?a=/../b' });
    assert.equal(cluster.last.head.target, '/echo?a=/../b');
    cluster.last.respond(200);
    assert.equal(controller.reports[0]?.url, '/echo?a=/../b');
  });

  it('sends a client with escaped slashes to the plain path', () => {
    const { send } = createTestGateway({
      options: { path: { normalize: true, mergeSlashes: true, redirectEscapedSlashes: true } },
    });
    const stream = send({ target: '/a%2Fb?c' });
    assert.equal(stream.head?.status, 307);
    assert.equal(getHeader(stream.head.headers, 'location'), '/a/b?c');
    assert.equal(stream.body, '{"code":307,"message":""}\n');
  });

  it('refuses a fragment', () => {
    const stream = createTestGateway().send({ target: '/echo#x' });
    assert.equal(stream.head?.status, 400);
    assert.ok(stream.calls.includes('closeAfterResponse'));
  });
});

describe('createAdmitRequest', () => {
  it('refuses a request without a host', () => {
    const stream = createTestGateway().send({ version: 'HTTP/2', authority: '' });
    assert.equal(stream.head?.status, 400);
    assert.equal(stream.body, '{"code":400,"message":""}\n');
    assert.ok(!stream.calls.includes('closeAfterResponse'), 'HTTP/2 streams fail alone');
  });

  it('refuses CONNECT', () => {
    const { send, ended } = createTestGateway();
    assert.equal(send({ method: 'CONNECT', target: 'a:80', version: 'HTTP/2' }).head?.status, 403);
    assert.equal(ended[0]?.responseCodeDetails, 'upgrade_failed');
  });

  it('refuses tunnels to anything but WebSocket', () => {
    const stream = createTestGateway().send({ version: 'HTTP/2', upgrade: 'connect-udp', bodyLength: -1 });
    assert.equal(stream.head?.status, 403);
  });

  it('refuses a WebSocket over HTTP/2 where WebSocket is off, because any 200 would open it', () => {
    const { send, cluster } = createTestGateway({ options: { allowWebSocket: false } });
    assert.equal(send({ version: 'HTTP/2', upgrade: 'websocket' }).head?.status, 403);
    assert.equal(cluster.requests.length, 0);
  });

  it('takes an upgrade for an ordinary request where WebSocket is off', () => {
    const { send, cluster } = createTestGateway({ options: { allowWebSocket: false } });
    send({ upgrade: 'websocket' });
    assert.equal(cluster.last.head.upgrade, undefined);
  });
});

describe('createAnswerHealth', () => {
  it('answers the exact path with any verb and no report of its own', () => {
    const { send, cluster, ended } = createTestGateway({ options: { healthPath: 'healthz' } });
    const stream = send({ method: 'POST', target: '/healthz' });
    assert.equal(stream.head?.status, 200);
    assert.equal(stream.body, '{"code":200,"message":""}\n');
    assert.equal(getHeader(stream.head.headers, 'x-envoy-upstream-healthchecked-cluster'), 'ESPv2_cluster');
    assert.equal(ended[0]?.responseCodeDetails, 'health_check_ok');
    assert.equal(send({ target: '/healthz?x=1' }).head?.status, 404);
    assert.equal(cluster.requests.length, 0);
  });

  it('is empty in ESP v1', () => {
    const { send } = createTestGateway({
      dialect: createEspV1Dialect(),
      options: { healthPath: '/healthz' },
    });
    const stream = send({ target: '/healthz' });
    assert.deepEqual([stream.head?.status, stream.body], [200, '']);
  });

  it('turns unhealthy while draining', () => {
    const { send, gateway } = createTestGateway({ options: { healthPath: '/healthz' } });
    gateway.drain();
    assert.equal(send({ target: '/healthz' }).head?.status, 503);
  });
});

describe('createRefuseUnmatched', () => {
  it('leaves OPTIONS to the CORS preset where there is one', () => {
    const { send } = createTestGateway({ options: { hasCorsPreset: true } });
    assert.equal(send({ method: 'OPTIONS', target: '/nowhere' }).head?.status, 400);
    assert.equal(send({ method: 'GET', target: '/nowhere' }).head?.status, 404);
  });
});

describe('createAddHeaders', () => {
  it('keeps the request id of the client and makes one where there is none', () => {
    const { send, cluster, ended } = createTestGateway();
    send({ headers: ['x-request-id', 'mine'] });
    assert.equal(getHeader(cluster.last.head.headers, 'x-request-id'), 'mine');
    send();
    assert.equal(getHeader(cluster.last.head.headers, 'x-request-id'), 'request-1');
    cluster.last.respond(200);
    assert.equal(ended[0]?.requestId, 'request-1');
  });

  it('tells the backend the operation when asked to', () => {
    const { send, cluster } = createTestGateway({
      options: { addOperationName: true, headerPrefix: 'X-Own-' },
    });
    send({ headers: ['x-own-api-operation-name', 'forged'] });
    assert.equal(getHeader(cluster.last.head.headers, 'x-own-api-operation-name'), '1.test.Echo');
  });

  it('sends the headers of the router when asked to', () => {
    const { send, cluster, clock } = createTestGateway({ options: { sendRouterHeaders: true } });
    const stream = send();
    assert.equal(getHeader(cluster.last.head.headers, 'x-envoy-expected-rq-timeout-ms'), '15000');
    clock.advance(12);
    cluster.last.respond(200);
    assert.equal(getHeader(stream.head?.headers ?? [], 'x-envoy-upstream-service-time'), '12');
    const overflowing = send();
    cluster.last.fail('overflow');
    assert.equal(getHeader(overflowing.head?.headers ?? [], 'x-envoy-overloaded'), 'true');
  });

  it('lets the flags have the last word', () => {
    const { send, cluster } = createTestGateway({
      options: { changeRequestHeaders: ({ headers }) => headers.push('x-last', 'word') },
    });
    send();
    assert.deepEqual(cluster.last.head.headers.slice(-2), ['x-last', 'word']);
  });
});
