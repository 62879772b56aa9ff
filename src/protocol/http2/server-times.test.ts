import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, H2Server } from '../../../test/helpers/h2-server.ts';
import {
  describeEnd,
  frame,
  frameFlag,
  frameType,
  headers,
  preface,
  setting,
  settings,
  windowUpdate,
} from '../../../test/helpers/raw-h2.ts';
import { turn } from '../../../test/helpers/written-frames.ts';
import { unknownLength } from '../http/stream.ts';

const tickMs = 20;

function fields(method: string): ReadonlyArray<readonly [string, string]> {
  return [
    [':method', method],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'a'],
  ];
}
const post = (id: number): Buffer => headers(id, fields('POST'), frameFlag.endHeaders);
const get = (id: number): Buffer => headers(id, fields('GET'));
const data = (id: number, content: string, flags = 0): Buffer => frame(frameType.data, flags, id, content);

/** `RST_STREAM CANCEL`, `GOAWAY NO_ERROR`: the ends of streams and connection that the client was told. */
async function ends(server: H2Server): Promise<string[]> {
  const found = (await server.frames()).map(describeEnd);
  return found.filter((end) => end !== undefined);
}

/** Lets `ms` pass: nothing may have happened a tick before, and the deadline is met a tick after. */
async function wait(server: H2Server, ms: number): Promise<string[]> {
  server.clock.advance(ms - tickMs);
  assert.deepEqual(await ends(server), []);
  server.clock.advance(3 * tickMs);
  return await ends(server);
}

describe('Http2ServerConnection, times', () => {
  it('gives a client headMs for its preface and settings', async () => {
    const server = new H2Server({ headMs: 1000 });
    server.send(Buffer.from(preface));
    assert.deepEqual(await wait(server, 1000), ['GOAWAY ENHANCE_YOUR_CALM']);
  });

  for (const [what, begun] of [
    ['a field block', frame(frameType.headers, 0, 1, 'abc')],
    ['a HEADERS frame', get(1).subarray(0, 12)],
  ] as const)
    it(`gives a client headMs to complete ${what}`, async () => {
      const server = await new H2Server({ headMs: 1000 }).greet();
      server.clock.advance(5000);
      server.send(begun);
      assert.deepEqual(await wait(server, 1000), ['GOAWAY ENHANCE_YOUR_CALM']);
    });

  it('counts a head from its own beginning when one follows the other', async () => {
    const server = await new H2Server({ headMs: 1000 }, (stream) => answer(stream)).greet();
    const request = get(1);
    server.send(request.subarray(0, 5));
    for (let id = 3; id < 20; id += 2) {
      server.clock.advance(900);
      server.send(get(id - 2).subarray(5), get(id).subarray(0, 5));
    }
    assert.deepEqual(await ends(server), []);
    assert.equal(server.seen.length, 9);
  });

  it('closes a connection without streams after idleTimeoutMs', async () => {
    const server = await new H2Server({ idleTimeoutMs: 5000 }, (stream) => answer(stream)).greet();
    server.clock.advance(4000);
    server.send(get(1));
    assert.deepEqual(await wait(server, 5000), ['GOAWAY NO_ERROR']);
    assert.ok(server.socket.writableEnded);
  });

  it('keeps a connection with a stream', async () => {
    const server = await new H2Server({ idleTimeoutMs: 5000 }).greet();
    server.send(get(1));
    server.clock.advance(60_000);
    assert.deepEqual(await ends(server), []);
  });

  it('is not kept alive by pings', async () => {
    const server = await new H2Server({ idleTimeoutMs: 5000 }).greet();
    server.clock.advance(4000);
    server.send(frame(frameType.ping, 0, 0, '12345678'));
    assert.deepEqual(await wait(server, 1000), ['GOAWAY NO_ERROR']);
  });

  it('resets a request whose body does not go on', async () => {
    const server = await new H2Server({ bodyIdleMs: 1000 }).greet();
    server.send(post(1), data(1, 'a'));
    server.clock.advance(900);
    server.send(data(1, 'b'));
    assert.deepEqual(await wait(server, 1000), ['RST_STREAM CANCEL']);
    assert.deepEqual(server.first.told, ['body a', 'body b', 'abort body_timeout']);
  });

  it('does not count the time that a body is held back', async () => {
    const server = await new H2Server({ bodyIdleMs: 1000 }).greet();
    server.send(post(1));
    server.first.stream.pauseBody();
    server.clock.advance(10_000);
    server.first.stream.resumeBody();
    assert.deepEqual(await wait(server, 1000), ['RST_STREAM CANCEL']);
  });

  it('waits for the answer to a request that is whole', async () => {
    const server = await new H2Server({ bodyIdleMs: 1000 }).greet();
    server.send(post(1), data(1, 'a', frameFlag.endStream));
    server.clock.advance(10_000);
    assert.deepEqual(await ends(server), []);
  });

  it('stops an upload 50 ms after its answer, without an error', async () => {
    const server = await new H2Server({}, (stream) => answer(stream)).greet();
    server.send(post(1), data(1, 'a'));
    assert.deepEqual(await wait(server, 50), ['RST_STREAM NO_ERROR']);
    assert.deepEqual(server.first.told, ['complete']);
  });

  it('lets an upload end by itself within 50 ms of its answer', async () => {
    const server = await new H2Server({}, (stream) => answer(stream)).greet();
    server.send(post(1), data(1, 'a'));
    server.clock.advance(30);
    server.send(data(1, 'b', frameFlag.endStream));
    server.clock.advance(1000);
    assert.deepEqual(await ends(server), []);
    assert.deepEqual(server.first.told, ['complete']);
  });

  it('resets a stream whose window stays closed', async () => {
    const server = await new H2Server({ writeStallMs: 1000 }, (stream) => {
      stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
      stream.sendData(Buffer.from('abc'));
    }).greet([setting.initialWindowSize, 1]);
    server.send(get(1));
    server.clock.advance(900);
    server.send(windowUpdate(1, 1));
    assert.deepEqual(await wait(server, 1000), ['RST_STREAM CANCEL']);
    assert.equal(server.first.told.at(-1), 'abort local_close');
  });

  it('closes the connection of a client that does not read', async () => {
    const server = await new H2Server({ writeStallMs: 1000 }, (stream) => answer(stream)).greet();
    server.socket.fill();
    server.send(get(1), get(3));
    await turn();
    server.clock.advance(900);
    assert.ok(!server.socket.destroyed);
    server.clock.advance(200);
    assert.ok(server.socket.destroyed);
  });

  it('lets a client that reads again go on', async () => {
    const server = await new H2Server({ writeStallMs: 1000 }, (stream) => answer(stream)).greet();
    server.socket.fill();
    server.send(get(1));
    await turn();
    server.clock.advance(900);
    server.socket.empty();
    server.clock.advance(10_000);
    assert.ok(!server.socket.destroyed);
  });

  it('drains: GOAWAY for all, requests on their way, GOAWAY with the last one, the end', async () => {
    const server = await new H2Server({ drainGraceMs: 1000 }).greet();
    server.send(get(1));
    server.connection.drain();
    const [first] = await server.frames();
    assert.deepEqual([first?.type, first?.payload.readUInt32BE(0)], [frameType.goaway, 0x7fffffff]);
    server.send(get(3));
    server.clock.advance(1040);
    const [last] = await server.frames();
    assert.deepEqual([last?.type, last?.payload.readUInt32BE(0)], [frameType.goaway, 3]);
    server.send(get(5));
    assert.equal(server.seen.length, 2);
    for (const { stream } of server.seen) answer(stream);
    const frames = await server.frames();
    assert.deepEqual(
      frames.map(({ stream }) => stream),
      [1, 1, 3, 3],
    );
    assert.ok(server.socket.writableEnded);
  });

  it('closes a connection without streams once it has drained', async () => {
    const server = await new H2Server({ drainGraceMs: 1000 }).greet();
    server.connection.drain();
    server.clock.advance(1040);
    assert.deepEqual(await ends(server), ['GOAWAY NO_ERROR', 'GOAWAY NO_ERROR']);
    assert.ok(server.socket.writableEnded);
  });

  it('ends with its last stream when the client is leaving', async () => {
    const server = await new H2Server().greet();
    server.send(get(1), frame(frameType.goaway, 0, 0, '\0\0\0\0\0\0\0\0'));
    await turn();
    assert.ok(!server.socket.writableEnded);
    answer(server.first.stream);
    assert.deepEqual(await ends(server), ['GOAWAY NO_ERROR']);
    assert.ok(server.socket.writableEnded);
  });

  it('drops what comes while it closes, and hangs up after lingerMs', async () => {
    const server = await new H2Server({ lingerMs: 1000 }).greet();
    server.send(data(0, 'x'));
    await turn();
    server.send(get(1), get(3));
    server.clock.advance(900);
    assert.ok(!server.socket.destroyed);
    server.clock.advance(200);
    assert.ok(server.socket.destroyed);
    await turn();
    assert.deepEqual([server.seen.length, server.hasClosed], [0, true]);
  });

  it('hangs up as soon as the client has closed, too', async () => {
    const server = await new H2Server().greet();
    server.send(data(0, 'x'));
    await turn();
    server.socket.emit('end');
    assert.ok(server.socket.destroyed);
  });

  it('hangs up on a client that sends without end while the connection closes', async () => {
    const server = await new H2Server().greet();
    server.send(data(0, 'x'));
    const chunk = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 16; i++) server.send(chunk);
    assert.ok(!server.socket.destroyed);
    server.send(chunk);
    assert.ok(server.socket.destroyed);
  });

  it('aborts its streams when the client closes its half, or is gone', async () => {
    for (const event of ['end', 'error', 'close']) {
      const server = await new H2Server().greet();
      server.send(get(1));
      server.socket.emit(event);
      assert.deepEqual(server.first.told, ['end', 'abort remote_disconnect'], event);
    }
  });

  it('leaves no timer behind', async () => {
    const server = await new H2Server({}, (stream) => answer(stream)).greet();
    server.send(post(1), post(3), settings(), get(5).subarray(0, 20));
    server.connection.destroy();
    assert.equal(server.wheel.size, 0);
  });
});
