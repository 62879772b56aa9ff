import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { H2Client } from '../../../test/helpers/h2-client.ts';
import {
  describeEnd,
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  goAway,
  headers,
  literal,
  preface,
  rstStream,
  setting,
  settings,
  windowUpdate,
} from '../../../test/helpers/raw-h2.ts';

type Field = readonly [name: string, value: string];

const ok: Field = [':status', '200'];
const { endStream, endHeaders, padded } = frameFlag;
/** A response whose body follows. */
const head = (id: number, ...more: readonly Field[]): Buffer => headers(id, [ok, ...more], endHeaders);
const data = (id: number, text: string, flags = 0): Buffer => frame(frameType.data, flags, id, text);
const trailers = (id: number, ...fields: readonly Field[]): Buffer => headers(id, fields);
const times = (n: number, one: Uint8Array): Uint8Array[] => Array.from({ length: n }, () => one);

type Row = readonly [what: string, sent: readonly Uint8Array[], code: string];

/** For two requests, on streams 1 and 3. */
const connectionErrors: readonly Row[] = [
  ['DATA on stream 0', [data(0, 'x')], 'PROTOCOL_ERROR'],
  ['HEADERS on stream 0', [headers(0, [ok])], 'PROTOCOL_ERROR'],
  ['HEADERS on a stream that was not opened', [headers(5, [ok])], 'PROTOCOL_ERROR'],
  ['HEADERS on an even stream', [headers(2, [ok])], 'PROTOCOL_ERROR'],
  ['DATA on a stream that was not opened', [data(5, 'x')], 'PROTOCOL_ERROR'],
  ['RST_STREAM on a stream that was not opened', [rstStream(5, 8)], 'PROTOCOL_ERROR'],
  ['WINDOW_UPDATE on a stream that was not opened', [windowUpdate(5, 1)], 'PROTOCOL_ERROR'],
  ['SETTINGS on a stream', [frame(frameType.settings, 0, 1)], 'PROTOCOL_ERROR'],
  ['a second acknowledgement', [frame(frameType.settings, 1, 0)], 'PROTOCOL_ERROR'],
  ['SETTINGS of 5 octets', [frame(frameType.settings, 0, 0, 'abcde')], 'FRAME_SIZE_ERROR'],
  ['SETTINGS that turn push on', [settings([setting.enablePush, 1])], 'PROTOCOL_ERROR'],
  ['a window beyond 2^31-1', [settings([setting.initialWindowSize, 2 ** 31])], 'FLOW_CONTROL_ERROR'],
  ['frames below 16 KiB', [settings([setting.maxFrameSize, 16_383])], 'PROTOCOL_ERROR'],
  [
    'PUSH_PROMISE',
    [frame(frameType.pushPromise, endHeaders, 1, Buffer.concat([Buffer.of(0, 0, 0, 2), fieldBlock([ok])]))],
    'PROTOCOL_ERROR',
  ],
  ['a frame beyond 16 KiB', [data(1, 'x'.repeat(16_385))], 'FRAME_SIZE_ERROR'],
  ['CONTINUATION of nothing', [frame(frameType.continuation, endHeaders, 1)], 'PROTOCOL_ERROR'],
  ['a frame within a field block', [headers(1, [ok], 0), data(1, 'x')], 'PROTOCOL_ERROR'],
  ['18 CONTINUATION', [headers(1, [ok], 0), ...times(18, frame(9, 0, 1, 'a'))], 'ENHANCE_YOUR_CALM'],
  ['padding beyond the frame', [frame(frameType.data, padded, 1, '\x05abc')], 'PROTOCOL_ERROR'],
  ['WINDOW_UPDATE of 0', [windowUpdate(0, 0)], 'PROTOCOL_ERROR'],
  ['a connection window beyond 2^31-1', [windowUpdate(0, 2 ** 31 - 1)], 'FLOW_CONTROL_ERROR'],
  ['an index that does not exist', [frame(frameType.headers, 5, 1, Buffer.of(0xff, 1))], 'COMPRESSION_ERROR'],
  ['GOAWAY of 7 octets', [frame(frameType.goaway, 0, 0, '1234567')], 'FRAME_SIZE_ERROR'],
  ['PING of 7 octets', [frame(frameType.ping, 0, 0, '1234567')], 'FRAME_SIZE_ERROR'],
  ['600 PING', times(600, frame(frameType.ping, 0, 0, '12345678')), 'ENHANCE_YOUR_CALM'],
  ['600 answers to no PING', times(600, frame(frameType.ping, 1, 0, '12345678')), 'ENHANCE_YOUR_CALM'],
  ['600 SETTINGS', times(600, settings()), 'ENHANCE_YOUR_CALM'],
  ['600 WINDOW_UPDATE', times(600, windowUpdate(0, 1)), 'ENHANCE_YOUR_CALM'],
  ['600 empty DATA', [head(1), ...times(600, data(1, ''))], 'ENHANCE_YOUR_CALM'],
  ['600 unknown frames', times(600, frame(0xbe, 0, 0)), 'ENHANCE_YOUR_CALM'],
  ['600 RST_STREAM for one stream', times(600, rstStream(1, 8)), 'ENHANCE_YOUR_CALM'],
  ['600 heads on one stream', times(600, headers(1, [ok])), 'ENHANCE_YOUR_CALM'],
];

/** For a request on stream 1, beside another one. */
const streamErrors: readonly Row[] = [
  ['DATA before HEADERS', [data(1, 'x')], 'PROTOCOL_ERROR'],
  ['no :status', [headers(1, [['x-a', 'b']])], 'PROTOCOL_ERROR'],
  ['a name in upper case', [headers(1, [ok, ['X-A', 'b']])], 'PROTOCOL_ERROR'],
  ['a line break in a value', [headers(1, [ok, ['x-a', 'b\nc']])], 'PROTOCOL_ERROR'],
  ['the status 101', [headers(1, [[':status', '101']], endHeaders)], 'PROTOCOL_ERROR'],
  ['an interim response that ends the stream', [headers(1, [[':status', '103']])], 'PROTOCOL_ERROR'],
  ['17 interim responses', times(17, headers(1, [[':status', '103']], endHeaders)), 'ENHANCE_YOUR_CALM'],
  ['a body longer than content-length', [head(1, ['content-length', '1']), data(1, 'ab')], 'PROTOCOL_ERROR'],
  ['a shorter one', [head(1, ['content-length', '3']), data(1, 'ab', endStream)], 'PROTOCOL_ERROR'],
  [
    'a shorter one, with trailers',
    [head(1, ['content-length', '3']), data(1, 'ab'), trailers(1, ['x-a', 'b'])],
    'PROTOCOL_ERROR',
  ],
  ['content-length without a body', [headers(1, [ok, ['content-length', '3']])], 'PROTOCOL_ERROR'],
  ['a 204 with content', [headers(1, [[':status', '204']], endHeaders), data(1, 'x')], 'PROTOCOL_ERROR'],
  ['a 304 with content', [headers(1, [[':status', '304']], endHeaders), data(1, 'x')], 'PROTOCOL_ERROR'],
  [
    'trailers that do not end the stream',
    [head(1), headers(1, [['x-a', 'b']], endHeaders)],
    'PROTOCOL_ERROR',
  ],
  ['a pseudo field in trailers', [head(1), trailers(1, ok)], 'PROTOCOL_ERROR'],
  ['a bad name in trailers', [head(1), trailers(1, ['X-A', 'b'])], 'PROTOCOL_ERROR'],
  [
    '102 fields',
    [headers(1, [ok, ...times(102, Buffer.of()).map((): Field => ['x', 'y'])])],
    'ENHANCE_YOUR_CALM',
  ],
  ['WINDOW_UPDATE of 0', [windowUpdate(1, 0)], 'PROTOCOL_ERROR'],
  ['a window beyond 2^31-1', [windowUpdate(1, 2 ** 31 - 1)], 'FLOW_CONTROL_ERROR'],
  [
    'a head that depends on itself',
    [frame(frameType.headers, 0x25, 1, Buffer.concat([Buffer.of(0, 0, 0, 1, 0), fieldBlock([ok])]))],
    'PROTOCOL_ERROR',
  ],
];

const whole = [head(3), data(3, 'ok', endStream)];

describe('Http2ClientConnection, frames that break the rules', () => {
  for (const [what, sent, code] of connectionErrors)
    it(`answers ${what} with GOAWAY ${code}, and fails its requests`, async () => {
      const client = await new H2Client().greet();
      const seen = [client.request({ bodyLength: -1 }), client.request({ bodyLength: -1 })];
      await client.frames();
      client.send(...sent, ...whole);
      const ends = (await client.frames()).map(describeEnd).filter((end) => end?.startsWith('GOAWAY'));
      assert.deepEqual(ends, [`GOAWAY ${code}`]);
      for (const one of seen)
        assert.match(one.told.at(-1) as string, /^error (protocol_error|remote_reset)$|^end$/);
      assert.equal(seen[1]?.told.at(-1), 'error protocol_error');
      assert.equal(seen[1]?.failure?.requestSent, true);
      assert.ok(client.socket.writableEnded && client.socket.destroyed);
      assert.ok(!client.connection.isAvailable);
      assert.equal(client.wheel.size, 0);
    });

  for (const [what, sent, code] of streamErrors)
    it(`answers ${what} with RST_STREAM ${code}, and the next request is served`, async () => {
      const client = await new H2Client().greet();
      const bad = client.request({ bodyLength: -1 });
      const good = client.request();
      await client.frames();
      client.send(...sent, ...whole);
      const ends = (await client.frames()).filter((one) => describeEnd(one) !== undefined);
      assert.deepEqual(
        ends.map((end) => `${end.stream}: ${describeEnd(end)}`),
        [`1: RST_STREAM ${code}`],
      );
      assert.equal(bad.told.at(-1), 'error protocol_error');
      assert.equal(bad.failure?.requestSent, true);
      assert.deepEqual(good.told, ['head 200', 'body ok', 'end']);
      assert.equal(client.connection.openStreams, 0);
    });

  it('refuses octets that are no frames', async () => {
    const client = new H2Client();
    const seen = client.request();
    client.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assert.deepEqual(seen.told, ['error protocol_error']);
    assert.equal((await client.frames()).map(describeEnd).at(-1), 'GOAWAY FRAME_SIZE_ERROR');
  });

  it('refuses a first frame that is no SETTINGS', async () => {
    const client = new H2Client();
    client.send(frame(frameType.ping, 0, 0, '12345678'));
    assert.equal((await client.frames()).map(describeEnd).at(-1), 'GOAWAY PROTOCOL_ERROR');
  });

  it('counts the window of a stream', async () => {
    const client = await new H2Client({ streamWindow: 20_000 }).greet();
    const seen = client.request();
    seen.stream?.pauseBody();
    client.send(head(1), data(1, 'x'.repeat(15_000)), data(1, 'x'.repeat(5_001)));
    assert.equal((await client.frames()).map(describeEnd).at(-1), 'RST_STREAM FLOW_CONTROL_ERROR');
    assert.deepEqual(seen.told, ['head 200', 'error protocol_error']);
  });

  it('counts the window of the connection', async () => {
    const client = await new H2Client({ connectionWindow: 65_535 }).greet();
    for (let i = 0; i < 5; i++) client.request().stream?.pauseBody();
    for (let id = 1; id < 10; id += 2) client.send(head(id), data(id, 'x'.repeat(15_000)));
    assert.equal((await client.frames()).map(describeEnd).at(-1), 'GOAWAY FLOW_CONTROL_ERROR');
  });
});

describe('Http2ClientConnection, frames that are to be ignored', () => {
  const rows: ReadonlyArray<readonly [what: string, sent: readonly Uint8Array[]]> = [
    ['a frame of an unknown type', [frame(0xbe, 0xff, 1, 'abc')]],
    ['an unknown setting', [settings([0xbe, 1])]],
    ['PRIORITY', [frame(frameType.priority, 0, 1, '\0\0\0\0\x01')]],
    ['an answer to no ping', [frame(frameType.ping, 1, 0, '12345678')]],
    [
      'the response to a cancelled request',
      [head(1, ['x-a', 'b']), data(1, 'abc'), trailers(1, ['x-b', 'c'])],
    ],
    ['a reset of a cancelled request', [rstStream(1, 8)]],
    ['a window for a cancelled request', [windowUpdate(1, 5)]],
  ];
  for (const [what, sent] of rows)
    it(`goes on after ${what}`, async () => {
      const client = await new H2Client().greet();
      const cancelled = client.request();
      const seen = client.request();
      cancelled.stream?.abort();
      client.send(...sent, ...whole);
      assert.deepEqual(cancelled.told, []);
      assert.deepEqual(seen.told, ['head 200', 'body ok', 'end']);
      assert.ok(client.connection.isAvailable);
    });

  it('gives the connection back what came for a cancelled request', async () => {
    const client = await new H2Client({ connectionWindow: 65_535 }).greet();
    client.request().stream?.abort();
    await client.frames();
    for (let i = 0; i < 10; i++) client.send(data(1, 'x'.repeat(16_000)));
    const updates = (await client.frames()).filter(({ type }) => type === frameType.windowUpdate);
    assert.ok(updates.length >= 3);
    assert.ok(updates.every(({ stream }) => stream === 0));
  });

  it('answers a ping with its own octets', async () => {
    const client = await new H2Client().greet();
    client.send(frame(frameType.ping, 0, 0, 'abcdefgh'));
    const [pong] = await client.frames();
    assert.deepEqual([pong?.type, pong?.flags, pong?.payload.toString()], [frameType.ping, 1, 'abcdefgh']);
  });

  it('reads the table of a field block even if nobody wants its fields', async () => {
    const client = await new H2Client().greet();
    client.request().stream?.abort();
    const seen = client.request();
    const indexed = Buffer.concat([Buffer.of(0x40), literal('x-a', 'b').subarray(1)]);
    client.send(
      frame(frameType.headers, 5, 1, Buffer.concat([Buffer.of(0x88), indexed])),
      frame(frameType.headers, 5, 3, Buffer.of(0x88, 0xbe)),
    );
    assert.deepEqual(seen.head?.headers, ['x-a', 'b']);
  });
});

describe('Http2ClientConnection, what it sends first', () => {
  it('is the preface, SETTINGS without push, and the window of the connection', async () => {
    const client = new H2Client();
    const [first, second, ...rest] = await client.frames();
    assert.equal(client.socket.written.subarray(0, preface.length).toString(), preface);
    assert.equal(first?.type, frameType.settings);
    assert.deepEqual(first.payload.toString('hex').match(/.{12}/g), [
      '000200000000',
      '000400040000',
      '00060000fca0',
    ]);
    assert.deepEqual([second?.type, second?.payload.readUInt32BE()], [frameType.windowUpdate, 983_041]);
    assert.equal(rest.length, 0);
  });

  it('includes a request that is made at once', async () => {
    const client = new H2Client();
    client.request();
    assert.deepEqual(
      (await client.frames()).map(({ type }) => type),
      [frameType.settings, frameType.windowUpdate, frameType.headers],
    );
    assert.equal(client.socket.writes, 1);
  });

  it('acknowledges the settings of the backend', async () => {
    const client = new H2Client();
    await client.frames();
    client.send(settings());
    assert.deepEqual(
      (await client.frames()).map(({ type, flags }) => [type, flags]),
      [[frameType.settings, 1]],
    );
  });

  it('is not answered to GOAWAY before the last response', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    await client.frames();
    client.send(goAway(1));
    assert.deepEqual(await client.frames(), []);
    client.send(head(1), data(1, 'ok', endStream));
    assert.deepEqual((await client.frames()).map(describeEnd), ['GOAWAY NO_ERROR']);
    assert.deepEqual(seen.told, ['head 200', 'body ok', 'end']);
  });
});
