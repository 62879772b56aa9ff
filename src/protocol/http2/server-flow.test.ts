import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, H2Server } from '../../../test/helpers/h2-server.ts';
import {
  describeEnd,
  frame,
  frameFlag,
  frameType,
  type H2Frame,
  headers,
  rstStream,
  setting,
  settings,
  windowUpdate,
} from '../../../test/helpers/raw-h2.ts';
import { turn } from '../../../test/helpers/written-frames.ts';
import type { ServerStream } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';

const post = (id: number): Buffer => headers(id, [...fields('POST')], frameFlag.endHeaders);
const get = (id: number): Buffer => headers(id, [...fields('GET')]);
const data = (id: number, content: string | Uint8Array, flags = 0): Buffer =>
  frame(frameType.data, flags, id, content);

function fields(method: string): ReadonlyArray<readonly [string, string]> {
  return [
    [':method', method],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'a'],
  ];
}

/** A head of unknown length, then content. */
function send(stream: ServerStream, ...content: readonly string[]): void {
  stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
  for (const piece of content) stream.sendData(Buffer.from(piece));
}

/** Frames as text: `1 DATA abc END`. */
function show({ type, stream, flags, payload }: H2Frame): string {
  const end = (flags & frameFlag.endStream) !== 0 ? ' END' : '';
  if (type === frameType.data) {
    const text = payload.length > 20 ? `${payload.length} octets` : payload.toString('latin1');
    return `${stream} DATA ${text}${end}`;
  }
  if (type === frameType.headers) return `${stream} HEADERS${end}`;
  if (type === frameType.windowUpdate) return `${stream} WINDOW_UPDATE ${payload.readUInt32BE(0)}`;
  if (type === frameType.settings) return `SETTINGS`;
  return `${stream} ${describeEnd({ type, stream, flags, payload }) ?? type}`;
}

const shown = async (server: H2Server): Promise<string[]> => (await server.frames()).map(show);
const sumOf = (frames: readonly H2Frame[], id: number): number =>
  frames.reduce(
    (sum, { type, stream, payload }) => sum + (type === 0 && stream === id ? payload.length : 0),
    0,
  );

describe('Http2ServerConnection, what it sends', () => {
  it('writes head, small body and end with one write', async () => {
    const server = await new H2Server({}, (stream) => answer(stream, 'hello')).greet();
    const { writes } = server.socket;
    server.send(get(1));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA hello END']);
    assert.equal(server.socket.writes, writes + 1);
  });

  it('writes the answers to all requests of a turn with one write', async () => {
    const server = await new H2Server({}, (stream) => answer(stream)).greet();
    const { writes } = server.socket;
    server.send(get(1), get(3), get(5));
    assert.equal((await server.frames()).length, 6);
    assert.equal(server.socket.writes, writes + 1);
  });

  it('marks the head as the end when nothing follows', async () => {
    const server = await new H2Server({}, (stream) => {
      send(stream);
      stream.sendEnd();
    }).greet();
    server.send(get(1));
    assert.deepEqual(await shown(server), ['1 HEADERS END']);
  });

  it('ends with an empty DATA frame when the content has left before', async () => {
    const server = await new H2Server({}, (stream) => send(stream, 'abc')).greet();
    server.send(get(1));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA abc']);
    server.first.stream.sendEnd();
    assert.deepEqual(await shown(server), ['1 DATA  END']);
  });

  it('ends with trailers', async () => {
    const server = await new H2Server({}, (stream) => {
      send(stream, 'abc');
      stream.sendEnd(['grpc-status', '0']);
    }).greet();
    server.send(get(1));
    const [head, content, trailers] = await server.frames();
    assert.deepEqual(
      [head, content, trailers].map((one) => show(one as H2Frame)),
      ['1 HEADERS', '1 DATA abc', '1 HEADERS END'],
    );
    server.fields(head as H2Frame);
    assert.deepEqual(server.fields(trailers as H2Frame), ['grpc-status', '0']);
  });

  it('cuts a large head into CONTINUATION frames', async () => {
    const value = 'v'.repeat(20_000);
    const server = await new H2Server({}, (stream) =>
      stream.sendHead({ status: 200, headers: ['x-a', value, 'x-b', value], bodyLength: 0 }, true),
    ).greet();
    server.send(get(1));
    const frames = await server.frames();
    assert.deepEqual(
      frames.map(({ type, flags, payload }) => [type, flags, payload.length <= 16_384]),
      [
        [frameType.headers, frameFlag.endStream, true],
        [frameType.continuation, 0, true],
        [frameType.continuation, frameFlag.endHeaders, true],
      ],
    );
    const block = Buffer.concat(frames.map(({ payload }) => payload));
    const head = { ...(frames[0] as H2Frame), payload: block };
    assert.deepEqual(server.fields(head), [
      ':status',
      '200',
      'x-a',
      value,
      'x-b',
      value,
      'content-length',
      '0',
    ]);
  });

  it('sends frames as large as the client takes', async () => {
    const server = await new H2Server({}, (stream) => answer(stream, 'x'.repeat(40_000))).greet([
      setting.maxFrameSize,
      30_000,
    ]);
    server.send(get(1));
    assert.deepEqual(await shown(server), [
      '1 HEADERS',
      '1 DATA 30000 octets',
      '1 DATA 10000 octets',
      '1 DATA  END',
    ]);
  });

  it('sends an octet at a time through a window of 1', async () => {
    const server = await new H2Server({}, (stream) => answer(stream, 'abc')).greet([
      setting.initialWindowSize,
      1,
    ]);
    server.send(get(1));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA a']);
    server.send(windowUpdate(1, 1));
    assert.deepEqual(await shown(server), ['1 DATA b']);
    server.send(windowUpdate(1, 1));
    assert.deepEqual(await shown(server), ['1 DATA c END']);
    assert.deepEqual(server.first.told, ['complete']);
  });

  it('ends a message without content though the window is closed', async () => {
    const server = await new H2Server({}, (stream) => {
      send(stream);
      stream.sendEnd(['x', 'y']);
    }).greet([setting.initialWindowSize, 0]);
    server.send(get(1));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 HEADERS END']);
  });

  it('sends trailers behind content that waited', async () => {
    const server = await new H2Server({}, (stream) => {
      send(stream, 'abc');
      stream.sendEnd(['x', 'y']);
    }).greet([setting.initialWindowSize, 2]);
    server.send(get(1));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA ab']);
    server.send(windowUpdate(1, 9));
    assert.deepEqual(await shown(server), ['1 DATA c', '1 HEADERS END']);
  });

  it('passes over empty content, also where other content waits', async () => {
    const server = await new H2Server({}, (stream) => send(stream, 'abc', '', '')).greet([
      setting.initialWindowSize,
      0,
    ]);
    server.send(get(1), windowUpdate(1, 4));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA abc']);
    server.first.stream.sendData(Buffer.from('defg'));
    assert.deepEqual(await shown(server), ['1 DATA d']);
    server.first.stream.sendEnd();
    server.send(windowUpdate(1, 9));
    assert.deepEqual(await shown(server), ['1 DATA efg END']);
  });

  it('applies a wider initial window to streams under way', async () => {
    const server = await new H2Server({}, (stream) => answer(stream, 'abcdef')).greet([
      setting.initialWindowSize,
      2,
    ]);
    server.send(get(1));
    await server.frames();
    server.send(settings([setting.initialWindowSize, 5]));
    assert.deepEqual(await shown(server), ['SETTINGS', '1 DATA cde']);
  });

  it('lets a narrower initial window go below zero, and waits until it is above again', async () => {
    const server = await new H2Server({}, (stream) => send(stream, 'abcd')).greet([
      setting.initialWindowSize,
      4,
    ]);
    server.send(get(1));
    await server.frames();
    server.send(settings([setting.initialWindowSize, 1]));
    server.first.stream.sendData(Buffer.from('ef'));
    assert.deepEqual(await shown(server), ['SETTINGS']);
    server.send(windowUpdate(1, 3));
    assert.deepEqual(await shown(server), []);
    server.send(windowUpdate(1, 1));
    assert.deepEqual(await shown(server), ['1 DATA e']);
  });

  it('shares the window of the connection between the streams that wait for it', async () => {
    const server = await new H2Server({}, (stream) => answer(stream, 'x'.repeat(100_000))).greet([
      setting.initialWindowSize,
      1_000_000,
    ]);
    server.send(get(1), get(3), get(5));
    const first = await server.frames();
    assert.deepEqual([sumOf(first, 1), sumOf(first, 3), sumOf(first, 5)], [65_535, 0, 0]);
    server.send(windowUpdate(0, 6 * 16_384));
    const next = await server.frames();
    assert.deepEqual([sumOf(next, 1), sumOf(next, 3), sumOf(next, 5)], [32_768, 32_768, 32_768]);
  });

  it('asks to wait beyond 64 KiB that wait, and to go on when half of it is left', async () => {
    const server = await new H2Server().greet([setting.initialWindowSize, 0]);
    server.send(get(1));
    const { stream, told } = server.first;
    send(stream);
    assert.equal(stream.sendData(Buffer.alloc(65_536)), true);
    assert.equal(stream.sendData(Buffer.alloc(1)), false);
    server.send(windowUpdate(1, 32_768));
    assert.deepEqual(told, ['end']);
    server.send(windowUpdate(1, 1));
    assert.deepEqual(told, ['end', 'drain']);
  });

  it('holds content back while the socket is full, and sends it in turn then', async () => {
    const server = await new H2Server().greet();
    server.send(get(1), get(3));
    server.socket.fill();
    for (const { stream } of server.seen) send(stream, 'a'.repeat(10));
    await server.frames();
    for (const { stream } of server.seen) stream.sendData(Buffer.from('bcd'));
    assert.deepEqual(await shown(server), []);
    server.socket.empty();
    assert.deepEqual(await shown(server), ['1 DATA bcd', '3 DATA bcd']);
  });

  it('reads no more while much waits for a client that does not read', async () => {
    const server = await new H2Server({ idleFrameBurst: 1e6 }).greet();
    server.socket.fill();
    server.send(frame(frameType.ping, 0, 0, '12345678'));
    await turn();
    for (let i = 0; i < 5000; i++) server.send(frame(frameType.ping, 0, 0, '12345678'));
    assert.ok(server.socket.isPaused);
    server.socket.empty();
    assert.ok(!server.socket.isPaused);
    assert.equal((await server.frames()).length, 5001);
  });

  it('forgets what waits on a stream that the client resets', async () => {
    const server = await new H2Server({}, (stream) => answer(stream, 'abc')).greet([
      setting.initialWindowSize,
      1,
    ]);
    server.send(get(1));
    server.send(rstStream(1, 8), settings([setting.initialWindowSize, 100]));
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA a', 'SETTINGS']);
    assert.deepEqual(server.first.told, ['abort remote_disconnect']);
  });

  for (const [what, content] of [
    ['longer', 'abcd'],
    ['shorter', 'ab'],
  ] as const)
    it(`does not let a body look complete that is ${what} than it was said to be`, async () => {
      const server = await new H2Server({}, (stream) => {
        stream.sendHead({ status: 200, headers: [], bodyLength: 3 }, false);
        stream.sendData(Buffer.from(content));
        stream.sendEnd();
      }).greet();
      server.send(get(1));
      const frames = await shown(server);
      assert.equal(frames.at(-1), '1 RST_STREAM INTERNAL_ERROR');
      assert.ok(!frames.some((one) => one.endsWith('END')));
      assert.deepEqual(server.first.told, ['abort local_close']);
    });
});

describe('Http2ServerConnection, what it lets the client send', () => {
  it('announces its windows', async () => {
    const server = new H2Server({ streamWindow: 100_000, connectionWindow: 500_000 });
    const [ours, update] = await server.frames();
    assert.equal(ours?.payload.readUInt32BE(8), 100_000);
    assert.equal(show(update as H2Frame), '0 WINDOW_UPDATE 434465');
  });

  it('grants again what was taken, one frame for half of a window', async () => {
    const server = await new H2Server({ streamWindow: 1000, connectionWindow: 65_535 }).greet();
    server.send(post(1), ...Array.from({ length: 10 }, () => data(1, Buffer.alloc(99))));
    assert.deepEqual(await shown(server), ['1 WINDOW_UPDATE 594']);
  });

  it('grants nothing for the stream while the receiver is paused, and what waited when it goes on', async () => {
    const server = await new H2Server({ streamWindow: 1000, connectionWindow: 65_535 }, (stream) =>
      stream.pauseBody(),
    ).greet();
    server.send(post(1), data(1, Buffer.alloc(1000, 'a')));
    assert.deepEqual(await shown(server), []);
    assert.equal(server.first.body, '');
    server.first.stream.resumeBody();
    assert.equal(server.first.body, '', 'not before the caller is done');
    assert.deepEqual(await shown(server), ['1 WINDOW_UPDATE 1000']);
    assert.equal(server.first.body.length, 1000);
  });

  it('takes no more than the window of a paused stream', async () => {
    const server = await new H2Server({ streamWindow: 1000 }, (stream) => stream.pauseBody()).greet();
    server.send(post(1), data(1, Buffer.alloc(1000)), data(1, 'x'));
    assert.deepEqual(await shown(server), ['1 RST_STREAM FLOW_CONTROL_ERROR']);
    assert.deepEqual(server.first.told, ['abort protocol_error']);
  });

  it('takes no more than the window of the connection for all paused streams', async () => {
    const limits = { streamWindow: 65_535, connectionWindow: 65_535 };
    const server = await new H2Server(limits, (stream) => stream.pauseBody()).greet();
    const half = data(1, Buffer.alloc(16_384));
    server.send(post(1), half, half, post(3), data(3, Buffer.alloc(16_384)), data(3, Buffer.alloc(16_383)));
    assert.deepEqual(await shown(server), []);
    server.send(data(1, 'x'));
    assert.deepEqual(await shown(server), ['0 GOAWAY FLOW_CONTROL_ERROR']);
  });

  it('grants to the connection what a stream held when it is aborted', async () => {
    const limits = { streamWindow: 65_535, connectionWindow: 65_535 };
    const server = await new H2Server(limits, (stream) => stream.pauseBody()).greet();
    server.send(post(1), data(1, Buffer.alloc(16_384)), data(1, Buffer.alloc(16_384)));
    server.first.stream.abort();
    assert.deepEqual(await shown(server), ['1 RST_STREAM INTERNAL_ERROR', '0 WINDOW_UPDATE 32768']);
  });

  it('lets what a client sent before it knew of a smaller window pass', async () => {
    const server = new H2Server({ streamWindow: 10, connectionWindow: 65_535 });
    server.send(
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      settings(),
      post(1),
      data(1, Buffer.alloc(1000)),
    );
    assert.equal(server.first.body.length, 1000);
    server.send(frame(frameType.settings, 1, 0), post(3), data(3, Buffer.alloc(11)));
    assert.equal((await shown(server)).at(-1), '3 RST_STREAM FLOW_CONTROL_ERROR');
  });

  it('delivers what is held in its order, ahead of what comes after, and the end last', async () => {
    const server = await new H2Server({}, (stream) => stream.pauseBody()).greet();
    server.send(post(1), data(1, 'a'), data(1, 'b'.repeat(5000)), data(1, 'c'));
    const { stream } = server.first;
    stream.resumeBody();
    server.send(data(1, 'd', frameFlag.endStream));
    await turn();
    assert.equal(server.first.body, `a${'b'.repeat(5000)}cd`);
    assert.equal(server.first.told.at(-1), 'end');
    assert.equal(server.first.told.filter((one) => one === 'end').length, 1);
  });

  it('reads nothing of a tunnel before it is accepted', async () => {
    const server = await new H2Server().greet();
    const connect = fields('CONNECT');
    server.send(headers(1, [...connect, [':protocol', 'websocket']], frameFlag.endHeaders), data(1, 'early'));
    const { stream } = server.first;
    stream.pauseBody();
    stream.resumeBody();
    await turn();
    assert.deepEqual(server.first.told, []);
    stream.sendHead({ status: 101, headers: [], bodyLength: 0 }, false);
    await turn();
    server.send(data(1, 'late', frameFlag.endStream));
    assert.deepEqual(server.first.told, ['body early', 'body late', 'end']);
  });
});

describe('Http2ServerConnection, however its octets are cut', () => {
  const request = Buffer.concat([post(1), data(1, 'some '), data(1, 'body', frameFlag.endStream)]);

  it('reads octet for octet', async () => {
    const server = await new H2Server({}, (stream, seen) => (seen.onEnd = () => answer(stream))).greet();
    for (const octet of request) server.send(Buffer.of(octet));
    assert.equal(server.first.body, 'some body');
    assert.deepEqual(await shown(server), ['1 HEADERS', '1 DATA ok END']);
  });

  it('reads two parts, cut anywhere', async () => {
    for (let at = 0; at <= request.length; at++) {
      const server = await new H2Server().greet();
      server.send(request.subarray(0, at));
      server.send(request.subarray(at));
      assert.deepEqual([server.first.body, server.first.told.at(-1)], ['some body', 'end'], `cut at ${at}`);
    }
  });

  it('reads a field block in two frames, cut anywhere', async () => {
    const block = get(1).subarray(9);
    for (let at = 0; at <= block.length; at++) {
      const server = await new H2Server().greet();
      server.send(
        frame(frameType.headers, frameFlag.endStream, 1, block.subarray(0, at)),
        frame(frameType.continuation, frameFlag.endHeaders, 1, block.subarray(at)),
      );
      assert.deepEqual(server.first.told, ['end'], `cut at ${at}`);
      assert.equal(server.first.stream.request.authority, 'a');
    }
  });
});
