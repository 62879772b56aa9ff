import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { getHeader } from '../../protocol/http/headers.ts';
import { unknownLength } from '../../protocol/http/stream.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';

describe('Forwarding', () => {
  it('gives the cluster the limits of the operation', () => {
    const { send, cluster } = createTestGateway();
    send();
    assert.equal(cluster.last.options.deadlineMs, 15_000);
    assert.equal(cluster.last.options.idleTimeoutMs, 300_000);
  });

  it('sends the host that the backend wants', () => {
    const { send, cluster } = createTestGateway({
      method: { backend: { ...backend, hostRewrite: 'backend.example' } },
    });
    send();
    assert.equal(cluster.last.head.authority, 'backend.example');
  });

  it('stops the client while the backend is full', () => {
    const { send, cluster } = createTestGateway();
    const stream = send({ method: 'POST', bodyLength: 100 });
    cluster.last.takesMore = false;
    stream.write('a');
    assert.equal(stream.isPaused, true);
    cluster.last.handler.onDrain();
    assert.equal(stream.isPaused, false);
  });

  it('stops the backend while the client is full', () => {
    const { send, cluster } = createTestGateway();
    const stream = send();
    stream.takesMore = false;
    cluster.last.handler.onHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    cluster.last.handler.onBody(Buffer.from('a'));
    assert.deepEqual(cluster.last.calls, ['pauseBody']);
    stream.handler.onDrain();
    assert.deepEqual(cluster.last.calls, ['pauseBody', 'resumeBody']);
  });

  it('passes request trailers on, save what only the proxy may say', () => {
    const { send, cluster } = createTestGateway();
    const stream = send({ method: 'POST', bodyLength: unknownLength });
    stream.end(['x-endpoint-api-userinfo', 'forged', 'x-sum', '1']);
    assert.deepEqual(cluster.last.trailers, ['x-sum', '1']);
  });

  it('cancels the rest of a request whose answer is complete', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send({ method: 'POST', bodyLength: 10 });
    stream.write('half');
    cluster.last.respond(413, 'no');
    assert.equal(cluster.last.isAborted, true);
    assert.equal(stream.body, 'no');
    stream.write('rest');
    stream.end();
    assert.equal(cluster.last.body, 'half');
    assert.equal(ended.length, 1);
  });

  it('lets the body flow again when the answer came while it was held back', () => {
    const { send, cluster } = createTestGateway();
    const stream = send({ method: 'POST', bodyLength: 10 });
    cluster.last.takesMore = false;
    stream.write('half');
    cluster.last.respond(413, 'no');
    assert.equal(stream.isPaused, false);
  });

  it('leaves the length of a gRPC response to its trailers', () => {
    const { send, cluster, controller } = createTestGateway();
    const stream = send();
    cluster.last.handler.onHead(
      { status: 200, headers: ['content-type', 'application/grpc'], bodyLength: 5 },
      false,
    );
    assert.equal(stream.head?.bodyLength, unknownLength);
    cluster.last.handler.onBody(Buffer.from('12345'));
    cluster.last.handler.onBodyEnd(['grpc-status', '7']);
    assert.deepEqual(stream.trailers, ['grpc-status', '7']);
    const report = controller.reports[0];
    assert.deepEqual(
      [report?.frontendProtocol, report?.httpStatus, report?.grpcStatus],
      ['grpc', 200, 'PERMISSION_DENIED'],
    );
  });

  for (const [trailers, expected] of [
    [['grpc-status', '-1'], ''],
    [['grpc-status', '17'], ''],
    [['grpc-status', '16'], 'UNAUTHENTICATED'],
    [[], ''],
  ] as const)
    it(`reads the trailers ${trailers.join(' ')} as '${expected}'`, () => {
      const { send, cluster, controller } = createTestGateway();
      send();
      cluster.last.handler.onHead(
        { status: 200, headers: ['content-type', 'application/grpc'], bodyLength: unknownLength },
        false,
      );
      cluster.last.handler.onBodyEnd([...trailers]);
      assert.equal(controller.reports[0]?.grpcStatus, expected);
    });

  it('replies when the backend fails before its response', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send();
    cluster.last.attempts = 2;
    cluster.last.retryOutcome = 'limit';
    cluster.last.fail('connection_termination');
    assert.equal(stream.head?.status, 503);
    assert.match(stream.body, /retried and the latest reset reason: connection termination/);
    assert.equal(ended[0]?.responseFlags, 'UC,URX');
    assert.equal(ended[0]?.upstreamHost, '127.0.0.1:9000');
  });

  it('breaks off when the backend fails within its response', () => {
    const { send, cluster, ended, gateway } = createTestGateway();
    const stream = send();
    cluster.last.handler.onHead({ status: 200, headers: [], bodyLength: 10 }, false);
    cluster.last.fail('remote_reset');
    assert.equal(stream.calls.at(-1), 'abort');
    assert.equal(ended[0]?.responseFlags, 'UR');
    assert.equal(ended[0]?.responseCodeDetails, 'upstream_reset_after_response_started{remote_reset}');
    assert.equal(gateway.activeExchanges, 0);
  });

  it('replies when the deadline passes before the response', () => {
    const { send, cluster } = createTestGateway();
    const stream = send();
    cluster.last.handler.onTimeout('response', false);
    assert.equal(stream.head?.status, 504);
  });

  it('breaks off when the deadline passes within the response', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send();
    cluster.last.handler.onHead({ status: 200, headers: [], bodyLength: 10 }, false);
    cluster.last.handler.onTimeout('response', true);
    assert.equal(stream.calls.at(-1), 'abort');
    assert.deepEqual([ended[0]?.responseStatus, ended[0]?.responseFlags], [200, 'UT']);
  });

  it('answers 507 when a waiting retry has no room for the body', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send({ method: 'POST', bodyLength: 10 });
    cluster.last.handler.onRetryBufferExceeded();
    assert.equal(stream.head?.status, 507);
    stream.end();
    assert.equal(ended[0]?.responseCodeDetails, 'request_payload_exceeded_retry_buffer_limit');
  });

  it('cancels at the backend when the client leaves', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send();
    stream.handler.onAbort('remote_disconnect');
    assert.equal(cluster.last.isAborted, true);
    assert.deepEqual(
      [ended[0]?.responseStatus, ended[0]?.responseFlags, ended[0]?.responseCodeDetails],
      [0, 'DC', 'downstream_remote_disconnect'],
    );
  });

  for (const [reason, status] of [
    ['body_timeout', 408],
    ['body_too_large', 413],
    ['protocol_error', 400],
  ] as const)
    it(`reports ${status} for a body that the codec gave up with ${reason}`, () => {
      const { send, controller } = createTestGateway();
      const stream = send({ method: 'POST', bodyLength: 10 });
      stream.handler.onAbort(reason);
      assert.equal(controller.reports[0]?.httpStatus, status);
    });

  it('drops 100 and passes other interim responses on until the final one', () => {
    const { send, cluster } = createTestGateway();
    const stream = send();
    cluster.last.handler.onInformational(100, []);
    cluster.last.handler.onInformational(103, []);
    cluster.last.respond(200);
    assert.deepEqual(stream.calls, ['sendInformational 103', 'sendHead 200 end']);
  });

  it('replaces the server field of the backend and keeps its date', () => {
    const { send, cluster } = createTestGateway();
    const stream = send();
    cluster.last.respond(200, 'x', ['server', 'apache', 'date', 'then']);
    assert.equal(getHeader(stream.head?.headers ?? [], 'server'), 'envoy');
    assert.equal(getHeader(stream.head?.headers ?? [], 'date'), 'then');
  });

  it('measures where the time went', () => {
    const { send, cluster, controller, clock } = createTestGateway();
    send();
    clock.advance(30);
    cluster.last.respond(200, 'x');
    const report = controller.reports[0];
    assert.deepEqual(
      [report?.totalLatencyMs, report?.backendLatencyMs, report?.overheadLatencyMs],
      [30, 30, 0],
    );
    assert.equal((report?.endedAtMs ?? 0) - (report?.startedAtMs ?? 0), 30);
  });
});

const backend = {
  cluster: 'local',
  protocol: 'http/1.1',
  pathTranslation: undefined,
  hostRewrite: undefined,
  deadlineMs: 15_000,
  idleTimeoutMs: 300_000,
  jwtAudience: undefined,
} as const;
