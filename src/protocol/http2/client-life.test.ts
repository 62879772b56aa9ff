import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { H2Client } from '../../../test/helpers/h2-client.ts';
import {
  describeEnd,
  frame,
  frameFlag,
  frameType,
  goAway,
  headers,
  setting,
  settings,
} from '../../../test/helpers/raw-h2.ts';
import { turn } from '../../../test/helpers/written-frames.ts';
import { unknownLength } from '../http/stream.ts';

const answer = (id: number): Buffer => headers(id, [[':status', '204']]);
const upload = { method: 'POST', bodyLength: unknownLength };
const pong = frame(frameType.ping, frameFlag.ack, 0, '\0'.repeat(8));

describe('Http2ClientConnection, how many streams', () => {
  it('opens 100 before the backend has said how many', () => {
    const client = new H2Client();
    for (let i = 0; i < 100; i++) client.request();
    assert.ok(!client.connection.isAvailable);
  });

  it('opens 1024 when the backend sets no limit', async () => {
    const client = await new H2Client().greet();
    for (let i = 0; i < 1024; i++) client.request();
    assert.ok(!client.connection.isAvailable);
  });

  it('opens as many as the backend allows, and another one when one has ended', async () => {
    const client = await new H2Client().greet([setting.maxConcurrentStreams, 2]);
    client.request();
    client.request();
    assert.ok(!client.connection.isAvailable);
    client.told.length = 0;
    client.send(answer(1));
    assert.ok(client.connection.isAvailable);
    assert.deepEqual(client.told, ['available']);
  });

  it('tells when the backend allows more', async () => {
    const client = await new H2Client().greet([setting.maxConcurrentStreams, 0]);
    assert.ok(!client.connection.isAvailable);
    client.told.length = 0;
    client.send(settings([setting.maxConcurrentStreams, 1]));
    assert.ok(client.connection.isAvailable);
    assert.deepEqual(client.told, ['available']);
  });

  it('opens no more than its own limit', async () => {
    const client = await new H2Client({ maxConcurrentStreams: 1 }).greet();
    client.request();
    assert.ok(!client.connection.isAvailable);
  });

  it('drains when all identifiers are used up', async () => {
    const client = await new H2Client({ firstStreamId: 2 ** 31 - 3 }).greet();
    const first = client.request();
    assert.ok(client.connection.isAvailable);
    const last = client.request();
    assert.ok(!client.connection.isAvailable);
    assert.equal(client.told.at(-1), 'draining');
    client.send(answer(2 ** 31 - 3), answer(2 ** 31 - 1));
    assert.deepEqual([...first.told, ...last.told], ['head 204', 'end', 'head 204', 'end']);
    assert.equal((await client.frames()).map(describeEnd).at(-1), 'GOAWAY NO_ERROR');
    await turn();
    assert.equal(client.told.at(-1), 'close');
  });
});

describe('Http2ClientConnection, GOAWAY', () => {
  it('fails the streams above the last one as not sent, and lets the others end', async () => {
    const client = await new H2Client().greet();
    const taken = client.request();
    const refused = client.request();
    client.send(goAway(1));
    assert.deepEqual(refused.failure, {
      reason: 'remote_refused_stream_reset',
      transport: undefined,
      requestSent: false,
      responseStarted: false,
    });
    assert.ok(!client.connection.isAvailable);
    client.send(answer(1));
    assert.deepEqual(taken.told, ['head 204', 'end']);
    await client.frames();
    assert.ok(client.socket.destroyed);
  });

  it('tells that it takes no more before it fails anything', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    seen.onTold = () => client.told.push('failed');
    client.told.length = 0;
    client.send(goAway(0));
    assert.deepEqual(client.told, ['draining', 'failed']);
  });

  it('may come twice, first for all streams', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    client.send(goAway(2 ** 31 - 1));
    assert.deepEqual(seen.told, []);
    assert.ok(!client.connection.isAvailable);
    client.send(goAway(0));
    assert.deepEqual(seen.told, ['error remote_refused_stream_reset']);
    client.send(goAway(5));
    assert.deepEqual(client.told.filter((one) => one === 'draining').length, 1);
  });

  it('with an error lets the streams below the last one go on until the connection ends', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    client.send(goAway(1, 2));
    assert.deepEqual(seen.told, []);
    client.socket.emit('end');
    assert.deepEqual(seen.told, ['error connection_termination']);
  });

  it('closes a connection without streams', async () => {
    const client = await new H2Client().greet();
    client.send(goAway(0));
    await client.frames();
    assert.ok(client.socket.destroyed);
    assert.equal(client.wheel.size, 0);
  });
});

describe('Http2ClientConnection, its end', () => {
  for (const event of ['end', 'close', 'error'])
    it(`fails its requests when the socket tells of ${event}`, async () => {
      const client = await new H2Client().greet();
      const sent = client.request();
      await client.frames();
      const unsent = client.request();
      client.socket.emit(event, new Error('gone'));
      assert.deepEqual(sent.failure, {
        reason: 'connection_termination',
        transport: undefined,
        requestSent: true,
        responseStarted: false,
      });
      assert.equal(unsent.failure?.requestSent, false);
      assert.ok(!client.connection.isAvailable);
      assert.equal(client.wheel.size, 0);
    });

  it('knows that what waits for a backend that does not read was not sent', async () => {
    const client = await new H2Client().greet();
    client.socket.fill();
    const sent = client.request();
    await client.frames();
    const unsent = client.request();
    await client.frames();
    client.socket.emit('end');
    assert.deepEqual([sent.failure?.requestSent, unsent.failure?.requestSent], [true, false]);
  });

  it('takes no request once the socket is destroyed', async () => {
    const client = await new H2Client().greet();
    client.socket.destroy();
    assert.ok(!client.connection.isAvailable);
  });

  it('drains: lets requests end, then says good-bye and closes', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    await client.frames();
    client.connection.drain();
    client.connection.drain();
    assert.deepEqual(await client.frames(), []);
    client.send(answer(1));
    assert.deepEqual(seen.told, ['head 204', 'end']);
    assert.deepEqual((await client.frames()).map(describeEnd), ['GOAWAY NO_ERROR']);
    await turn();
    assert.deepEqual(client.told.slice(-2), ['draining', 'close']);
  });

  it('drains at once without requests', async () => {
    const client = await new H2Client().greet();
    client.connection.drain();
    await client.frames();
    assert.ok(client.socket.destroyed);
  });

  it('destroys: fails what is under way', async () => {
    const client = await new H2Client().greet();
    const seen = client.request(upload);
    seen.stream?.sendData(Buffer.from('half'));
    client.connection.destroy();
    assert.deepEqual(seen.told, ['error connection_termination']);
    const frames = await client.frames();
    assert.ok(frames.every(({ type, flags }) => type === frameType.settings || (flags & 1) === 0));
    await turn();
    assert.equal(client.told.at(-1), 'close');
  });

  it('hangs up on a backend that does not take the last frame', async () => {
    const client = await new H2Client().greet();
    client.socket.end = () => client.socket;
    client.connection.destroy();
    assert.ok(!client.socket.destroyed);
    client.clock.advance(1_100);
    assert.ok(client.socket.destroyed);
  });
});

describe('Http2ClientConnection, pings', () => {
  it('come every 30 s as long as they are answered', async () => {
    const client = await new H2Client().greet();
    for (let i = 0; i < 3; i++) {
      client.clock.advance(29_900);
      assert.deepEqual(await client.frames(), []);
      client.clock.advance(200);
      assert.deepEqual(
        (await client.frames()).map(({ type, flags }) => [type, flags]),
        [[frameType.ping, 0]],
      );
      client.send(pong);
    }
    client.clock.advance(20_000);
    assert.ok(!client.socket.destroyed);
  });

  it('close the connection when there is no answer for 10 s', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    client.clock.advance(30_100);
    await client.frames();
    client.clock.advance(9_800);
    assert.deepEqual(seen.told, []);
    client.clock.advance(300);
    assert.deepEqual(seen.told, ['error connection_termination']);
    await client.frames();
    assert.ok(client.socket.destroyed);
  });

  it('are not sent when the interval is 0', async () => {
    const client = await new H2Client({ pingIntervalMs: 0 }).greet();
    client.clock.advance(100_000);
    assert.deepEqual(await client.frames(), []);
  });
});
