import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeader } from '../protocol/http/headers.ts';
import { createEspV1Dialect } from './dialects/esp-v1/dialect.ts';
import { anyConsumer } from './pipeline/testing/fake-controller.ts';
import { FakeCluster } from './pipeline/testing/fake-cluster.ts';
import { createTestGateway } from './pipeline/testing/test-gateway.ts';
import { testCluster, testMethod, testSnapshot } from './pipeline/testing/test-config.ts';

describe('createGateway', () => {
  it('forwards a request and streams the response back', () => {
    const { send, cluster, ended, controller } = createTestGateway();
    const stream = send({ method: 'POST', target: '/echo?a=1', bodyLength: 5, headers: ['a', 'b'] });
    stream.write('hello');
    stream.end();
    assert.equal(cluster.last.head.target, '/echo?a=1');
    assert.equal(cluster.last.body, 'hello');
    assert.equal(cluster.last.requestEnded, true);
    cluster.last.respond(200, 'hi there', ['content-type', 'text/plain']);
    assert.equal(stream.head?.status, 200);
    assert.equal(stream.body, 'hi there');
    assert.equal(ended.length, 1);
    assert.equal(ended[0]?.responseCodeDetails, 'via_upstream');
    assert.equal(controller.reports[0]?.operationName, '1.test.Echo');
    assert.equal(controller.reports[0]?.httpStatus, 200);
  });

  it('answers 503 before a config is served', () => {
    const { send, ended } = createTestGateway({ isEmpty: true });
    const stream = send();
    assert.equal(stream.head?.status, 503);
    assert.equal(getHeader(stream.head.headers, 'server'), 'envoy');
    assert.equal(ended[0]?.responseCodeDetails, 'no_service_config');
  });

  it('reports a request for an unknown path', () => {
    const { send, controller, cluster } = createTestGateway();
    const stream = send({ target: '/nowhere?key=k' });
    assert.equal(stream.head?.status, 404);
    assert.equal(stream.body, '{"code":404,"message":"The current request is not defined by this API."}\n');
    assert.equal(cluster.requests.length, 0);
    const report = controller.reports[0];
    assert.equal(report?.operationName, '<Unknown Operation Name>');
    assert.equal(report?.apiKey, 'k');
    assert.equal(report?.apiKeyState, 'NOT_CHECKED');
    assert.equal(report?.statusCode, 5);
  });

  it('does not report operations that skip Service Control', () => {
    const { send, cluster, controller } = createTestGateway({ method: { skipServiceControl: true } });
    send();
    cluster.last.respond(200);
    assert.deepEqual(controller.reports, []);
  });

  it('checks a key synchronously when the answer is cached', () => {
    const { send, cluster, controller } = createTestGateway({ method: { allowUnregisteredCalls: false } });
    const stream = send({ target: '/echo?key=abc', headers: ['referer', 'http://a.example/'] });
    assert.deepEqual(controller.checks, [
      {
        operationName: '1.test.Echo',
        apiKey: 'abc',
        callerIp: '127.0.0.1',
        referer: 'http://a.example/',
        androidPackageName: '',
        androidCertFingerprint: '',
        iosBundleId: '',
      },
    ]);
    assert.equal(getHeader(cluster.last.head.headers, 'x-endpoint-api-consumer-type'), 'PROJECT');
    cluster.last.respond(204);
    assert.equal(stream.head?.status, 204);
    assert.equal(controller.reports[0]?.apiKeyState, 'VERIFIED');
  });

  it('holds the body back while a check is under way', async () => {
    const { send, cluster, controller } = createTestGateway({ method: { allowUnregisteredCalls: false } });
    controller.checkOutcome = Promise.resolve({ kind: 'allowed', consumer: anyConsumer, failedOpen: false });
    const stream = send({ method: 'POST', target: '/echo?key=abc', bodyLength: 6 });
    assert.equal(stream.isPaused, true);
    stream.write('abc');
    assert.equal(cluster.requests.length, 0);
    await controller.checkOutcome;
    await Promise.resolve();
    assert.equal(cluster.last.body, 'abc');
    assert.equal(stream.isPaused, false);
    stream.write('def');
    stream.end();
    assert.equal(cluster.last.body, 'abcdef');
    assert.equal(cluster.last.requestEnded, true);
  });

  it('forgets a request whose client left during the check', async () => {
    const { send, cluster, controller, ended, gateway } = createTestGateway({
      method: { allowUnregisteredCalls: false },
    });
    controller.checkOutcome = Promise.resolve({ kind: 'allowed', consumer: anyConsumer, failedOpen: false });
    const stream = send({ method: 'POST', target: '/echo?key=abc', bodyLength: 6 });
    stream.handler.onAbort('remote_disconnect');
    await controller.checkOutcome;
    await Promise.resolve();
    assert.equal(cluster.requests.length, 0);
    assert.equal(ended.length, 1);
    assert.equal(ended[0]?.responseFlags, 'DC');
    assert.equal(gateway.activeExchanges, 0);
  });

  it('refuses a missing key before it asks anybody', () => {
    const { send, controller } = createTestGateway({ method: { allowUnregisteredCalls: false } });
    const stream = send();
    assert.equal(stream.head?.status, 401);
    assert.deepEqual(controller.checks, []);
    assert.equal(controller.reports[0]?.responseCodeDetails, 'service_control_bad_request{MISSING_API_KEY}');
    assert.equal(controller.reports[0]?.statusCode, 16);
    assert.match(controller.reports[0]?.errorMessage ?? '', /^Method doesn't allow/);
  });

  it('answers a gRPC caller with trailers only', () => {
    const { send } = createTestGateway({ method: { allowUnregisteredCalls: false } });
    const stream = send({ method: 'POST', version: 'HTTP/2', headers: ['content-type', 'application/grpc'] });
    assert.equal(stream.head?.status, 200);
    assert.equal(getHeader(stream.head.headers, 'grpc-status'), '16');
    assert.match(getHeader(stream.head.headers, 'grpc-message') ?? '', /^\{"code":401,"message":"UNAUTH/);
    assert.equal(stream.body, '');
  });

  it('does not check a key that the operation does not need', () => {
    const { send, controller } = createTestGateway();
    send({ target: '/echo?key=abc' });
    assert.deepEqual(controller.checks, []);
  });

  it('checks such a key in ESP v1', () => {
    const { send, controller } = createTestGateway({ dialect: createEspV1Dialect() });
    send({ target: '/echo?key=abc' });
    assert.equal(controller.checks.length, 1);
  });

  it('finishes a request on the config it began with and then releases it', () => {
    const { gateway, send, cluster } = createTestGateway({ isEmpty: true });
    const released: string[] = [];
    const serve = (configId: string): void =>
      gateway.serve([
        {
          snapshot: testSnapshot(testMethod(), { configId }),
          controller: undefined,
          clusters: new Map([[testCluster, cluster]]),
          percent: 100,
          release: () => released.push(configId),
        },
      ]);
    serve('r0');
    const stream = send();
    const first = cluster.last;
    serve('r1');
    assert.deepEqual(released, []);
    first.respond(200, 'old');
    assert.equal(stream.body, 'old');
    assert.deepEqual(released, ['r0']);
  });

  it('keeps a caller with a key on one config of a rollout', () => {
    const { gateway, send } = createTestGateway({ isEmpty: true });
    const clusters = [new FakeCluster(), new FakeCluster()];
    gateway.serve(
      clusters.map((cluster, i) => ({
        snapshot: testSnapshot(testMethod(), { configId: `r${i}` }),
        controller: undefined,
        clusters: new Map([[testCluster, cluster]]),
        percent: 50,
        release: () => undefined,
      })),
    );
    for (let i = 0; i < 100; i++) for (let j = 0; j < 2; j++) send({ target: `/echo?key=key-${i}` });
    const counts = clusters.map((cluster) => cluster.requests.length);
    for (const count of counts) assert.ok(count > 60 && count % 2 === 0, String(counts));
  });

  it('tells when the last exchange is over', async () => {
    const { gateway, send, cluster } = createTestGateway();
    send();
    gateway.drain();
    assert.equal(gateway.isReady, false);
    const idle = gateway.idle();
    cluster.last.respond(200);
    await idle;
    assert.equal(gateway.activeExchanges, 0);
  });

  it('counts an exchange out and tells its observers when its report fails', async () => {
    const { gateway, send, cluster, controller, ended } = createTestGateway();
    controller.report = () => {
      throw new TypeError('broken');
    };
    send();
    cluster.last.respond(200);
    await gateway.idle();
    assert.equal(gateway.activeExchanges, 0);
    assert.equal(ended.length, 1);
  });

  it('gives up the backend request of an answer that is over for the client', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send({ method: 'HEAD', version: 'HTTP/2' });
    cluster.last.handler.onHead({ status: 200, headers: [], bodyLength: 10 }, false);
    stream.handler.onComplete();
    assert.equal(cluster.last.isAborted, true);
    assert.equal(ended.length, 1);
  });

  it('sends a response that a stage fails to decorate', () => {
    const { send, cluster } = createTestGateway({
      options: {
        decorateResponse: {
          name: 'broken',
          run: () => undefined,
          onResponse() {
            throw new TypeError('broken');
          },
        },
      },
    });
    const stream = send();
    cluster.last.respond(200, 'ok');
    assert.deepEqual([stream.head?.status, stream.body], [200, 'ok']);
  });

  it('answers an internal error when a stage throws', () => {
    const { send, controller } = createTestGateway({
      options: {
        decorateResponse: {
          name: 'broken',
          run() {
            throw new TypeError('broken');
          },
        },
      },
    });
    const stream = send();
    assert.equal(stream.head?.status, 500);
    assert.equal(controller.reports[0]?.responseCodeDetails, 'internal_error');
  });
});
