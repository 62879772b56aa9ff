import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unknownLength } from '../../protocol/http/stream.ts';
import { createTestGateway } from './testing/test-gateway.ts';

const broken = (): never => {
  throw new RangeError('the codec refuses');
};

describe('a codec that throws', () => {
  test('on the head of a response ends that exchange alone', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send({});
    stream.sendHead = broken;
    cluster.last.handler.onHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    assert.equal(stream.calls.at(-1), 'abort');
    assert.equal(cluster.last.isAborted, true);
    assert.deepEqual([ended.length, ended[0]?.responseCodeDetails], [1, 'internal_error']);
  });

  test('on a reply of our own ends that exchange alone', () => {
    const { send, cluster, ended } = createTestGateway();
    const stream = send({});
    stream.sendHead = broken;
    cluster.last.handler.onError({
      reason: 'connection_termination',
      transport: undefined,
      requestSent: true,
      responseStarted: false,
    });
    assert.equal(stream.calls.at(-1), 'abort');
    assert.equal(ended.length, 1);
  });

  test('upstream is answered with an error', () => {
    const { send, cluster, ended } = createTestGateway();
    cluster.request = broken;
    const stream = send({});
    assert.equal(stream.head?.status, 500);
    stream.end();
    assert.equal(ended.length, 1);
  });
});
