import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { unknownLength } from '../../protocol/http/stream.ts';
import { createTestGateway } from './testing/test-gateway.ts';

const limited = { options: { maxBodyBytes: 10 } };
const tooLarge = 'request_payload_too_large';

describe('a limit on request bodies', () => {
  test('refuses a body that says to be longer, before the backend hears of it', () => {
    const { send, cluster, ended } = createTestGateway(limited);
    const stream = send({ method: 'POST', bodyLength: 11 });
    assert.equal(stream.head?.status, 413);
    assert.equal(cluster.requests.length, 0);
    stream.end();
    assert.equal(ended[0]?.responseCodeDetails, tooLarge);
  });

  test('refuses a body of unknown length when it becomes longer', () => {
    const { send, cluster, ended } = createTestGateway(limited);
    const stream = send({ method: 'POST', bodyLength: unknownLength });
    stream.handler.onBody(Buffer.from('0123456789'));
    assert.equal(stream.calls.length, 0);
    stream.handler.onBody(Buffer.from('x'));
    assert.equal(stream.head?.status, 413);
    assert.equal(cluster.last.isAborted, true);
    stream.handler.onBody(Buffer.from('more'));
    stream.end();
    assert.deepEqual([ended.length, ended[0]?.responseCodeDetails], [1, tooLarge]);
  });

  test('breaks off a response that had begun', () => {
    const { send, cluster, ended } = createTestGateway(limited);
    const stream = send({ method: 'POST', bodyLength: unknownLength });
    cluster.last.handler.onHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    stream.handler.onBody(Buffer.from('0123456789x'));
    assert.equal(stream.calls.at(-1), 'abort');
    assert.equal(ended[0]?.responseCodeDetails, tooLarge);
  });

  test('lets a body of that length pass', () => {
    const { send, cluster } = createTestGateway(limited);
    const stream = send({ method: 'POST', bodyLength: 10 });
    stream.handler.onBody(Buffer.from('0123456789'));
    assert.equal(cluster.last.body, '0123456789');
    cluster.last.respond(200);
    assert.equal(stream.head?.status, 200);
  });

  test('is not for tunnels', () => {
    const { send, cluster } = createTestGateway(limited);
    const stream = send({ upgrade: 'websocket', bodyLength: unknownLength });
    stream.handler.onBody(Buffer.from('0123456789x'));
    assert.equal(cluster.last.body, '0123456789x');
  });
});
