import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, H2Server } from '../../../test/helpers/h2-server.ts';
import {
  describeEnd,
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  headers,
  literal,
  preface,
  rstStream,
  setting,
  settings,
  windowUpdate,
} from '../../../test/helpers/raw-h2.ts';

type Field = readonly [name: string, value: string];

const base: readonly Field[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
];
const get: readonly Field[] = [[':method', 'GET'], ...base.slice(1)];
const { endStream, endHeaders, padded, priority } = frameFlag;
/** A request whose body follows. */
const post = (id: number, ...more: readonly Field[]): Buffer => headers(id, [...base, ...more], endHeaders);
const data = (id: number, text: string, flags = 0): Buffer => frame(frameType.data, flags, id, text);
const octets = (...values: readonly number[]): Buffer => Buffer.of(...values);
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** What ends: the connection with a code, or a stream with one, while the connection serves the next request. */
const goAway = (code: string): string => `GOAWAY ${code}`;
const reset = (id: number, code: string): string => `${id}: RST_STREAM ${code}`;

type Row = readonly [what: string, sent: readonly Uint8Array[], outcome: string];

const frameRules: readonly Row[] = [
  ['DATA on stream 0', [data(0, 'x')], goAway('PROTOCOL_ERROR')],
  ['HEADERS on stream 0', [headers(0, base)], goAway('PROTOCOL_ERROR')],
  ['HEADERS on an even stream', [headers(2, base)], goAway('PROTOCOL_ERROR')],
  [
    'PRIORITY on stream 0',
    [frame(frameType.priority, 0, 0, octets(0, 0, 0, 0, 1))],
    goAway('PROTOCOL_ERROR'),
  ],
  ['RST_STREAM on stream 0', [rstStream(0, 8)], goAway('PROTOCOL_ERROR')],
  ['SETTINGS on a stream', [frame(frameType.settings, 0, 1)], goAway('PROTOCOL_ERROR')],
  ['PING on a stream', [frame(frameType.ping, 0, 1, '12345678')], goAway('PROTOCOL_ERROR')],
  ['GOAWAY on a stream', [frame(frameType.goaway, 0, 1, '12345678')], goAway('PROTOCOL_ERROR')],
  ['CONTINUATION on stream 0', [frame(frameType.continuation, endHeaders, 0)], goAway('PROTOCOL_ERROR')],
  ['PUSH_PROMISE', [frame(frameType.pushPromise, endHeaders, 1, uint32(2))], goAway('PROTOCOL_ERROR')],
  ['a frame beyond 16 KiB', [data(1, 'x'.repeat(16_385))], goAway('FRAME_SIZE_ERROR')],
  [
    'a frame header that announces 16 MiB',
    [octets(255, 255, 255, 0, 0, 0, 0, 0, 1)],
    goAway('FRAME_SIZE_ERROR'),
  ],
  ['RST_STREAM of 3 octets', [post(1), frame(frameType.rstStream, 0, 1, 'abc')], goAway('FRAME_SIZE_ERROR')],
  ['SETTINGS of 5 octets', [frame(frameType.settings, 0, 0, 'abcde')], goAway('FRAME_SIZE_ERROR')],
  ['SETTINGS ACK with a payload', [frame(frameType.settings, 1, 0, 'abcdef')], goAway('FRAME_SIZE_ERROR')],
  ['PING of 7 octets', [frame(frameType.ping, 0, 0, '1234567')], goAway('FRAME_SIZE_ERROR')],
  ['GOAWAY of 7 octets', [frame(frameType.goaway, 0, 0, '1234567')], goAway('FRAME_SIZE_ERROR')],
  ['WINDOW_UPDATE of 3 octets', [frame(frameType.windowUpdate, 0, 0, 'abc')], goAway('FRAME_SIZE_ERROR')],
  [
    'PRIORITY of 4 octets on an open stream',
    [post(1), frame(frameType.priority, 0, 1, 'abcd')],
    reset(1, 'FRAME_SIZE_ERROR'),
  ],
  [
    'PRIORITY of 4 octets on an idle stream',
    [frame(frameType.priority, 0, 1, 'abcd')],
    goAway('FRAME_SIZE_ERROR'),
  ],
  [
    'a stream that PRIORITY makes depend on itself',
    [post(1), frame(frameType.priority, 0, 1, octets(0, 0, 0, 1, 1))],
    reset(1, 'PROTOCOL_ERROR'),
  ],
  [
    'a stream that HEADERS makes depend on itself',
    [
      frame(
        frameType.headers,
        endHeaders | endStream | priority,
        1,
        Buffer.concat([octets(0, 0, 0, 1, 1), fieldBlock(get)]),
      ),
    ],
    reset(1, 'PROTOCOL_ERROR'),
  ],
  [
    'HEADERS too short for its priority',
    [frame(frameType.headers, endHeaders | priority, 1, 'abcd')],
    goAway('FRAME_SIZE_ERROR'),
  ],
];

const paddingRules: readonly Row[] = [
  ['padded DATA without its length', [post(1), frame(frameType.data, padded, 1)], goAway('FRAME_SIZE_ERROR')],
  [
    'DATA with more padding than payload',
    [post(1), frame(frameType.data, padded, 1, octets(4, 1, 2, 3))],
    goAway('PROTOCOL_ERROR'),
  ],
  [
    'HEADERS with more padding than payload',
    [frame(frameType.headers, padded | endHeaders, 1, octets(9, 1, 2, 3))],
    goAway('PROTOCOL_ERROR'),
  ],
  [
    'padded HEADERS without its length',
    [frame(frameType.headers, padded | endHeaders, 1)],
    goAway('FRAME_SIZE_ERROR'),
  ],
];

const settingRules: readonly Row[] = [
  ['ENABLE_PUSH of 2', [settings([2, 2])], goAway('PROTOCOL_ERROR')],
  [
    'INITIAL_WINDOW_SIZE of 2^31',
    [settings([setting.initialWindowSize, 2 ** 31])],
    goAway('FLOW_CONTROL_ERROR'),
  ],
  ['MAX_FRAME_SIZE of 16,383', [settings([setting.maxFrameSize, 16_383])], goAway('PROTOCOL_ERROR')],
  ['MAX_FRAME_SIZE of 2^24', [settings([setting.maxFrameSize, 2 ** 24])], goAway('PROTOCOL_ERROR')],
  [
    '33 settings in a frame',
    [settings(...Array.from({ length: 33 }, () => [99, 0] as const))],
    goAway('ENHANCE_YOUR_CALM'),
  ],
  [
    'an INITIAL_WINDOW_SIZE that carries the window of a stream beyond 2^31',
    [post(1), windowUpdate(1, 0x7fff0000), settings([setting.initialWindowSize, 0x7fffffff])],
    goAway('FLOW_CONTROL_ERROR'),
  ],
  ['an acknowledgement of nothing', [frame(frameType.settings, 1, 0)], goAway('PROTOCOL_ERROR')],
];

const windowRules: readonly Row[] = [
  ['WINDOW_UPDATE of 0 on the connection', [windowUpdate(0, 0)], goAway('PROTOCOL_ERROR')],
  ['WINDOW_UPDATE of 0 on a stream', [post(1), windowUpdate(1, 0)], reset(1, 'PROTOCOL_ERROR')],
  ['a connection window beyond 2^31', [windowUpdate(0, 0x7fffffff)], goAway('FLOW_CONTROL_ERROR')],
  ['a stream window beyond 2^31', [post(1), windowUpdate(1, 0x7fffffff)], reset(1, 'FLOW_CONTROL_ERROR')],
];

const streamRules: readonly Row[] = [
  ['DATA on an idle stream', [data(1, 'x')], goAway('PROTOCOL_ERROR')],
  ['RST_STREAM on an idle stream', [rstStream(1, 8)], goAway('PROTOCOL_ERROR')],
  ['WINDOW_UPDATE on an idle stream', [windowUpdate(1, 1)], goAway('PROTOCOL_ERROR')],
  ['WINDOW_UPDATE on an even stream', [post(3), windowUpdate(2, 1)], goAway('PROTOCOL_ERROR')],
  ['a lower stream than the last one', [post(5), post(3)], goAway('PROTOCOL_ERROR')],
  ['DATA on a stream that was passed over', [post(5), data(3, 'x')], goAway('STREAM_CLOSED')],
  ['DATA after END_STREAM', [post(1), data(1, 'x', endStream), data(1, 'y')], reset(1, 'STREAM_CLOSED')],
  [
    'HEADERS after END_STREAM',
    [post(1), data(1, 'x', endStream), headers(1, [['x-a', 'b']])],
    reset(1, 'STREAM_CLOSED'),
  ],
  ['DATA after RST_STREAM', [post(1), rstStream(1, 8), data(1, 'x')], reset(1, 'STREAM_CLOSED')],
  ['HEADERS after RST_STREAM', [post(1), rstStream(1, 8), post(1)], reset(1, 'STREAM_CLOSED')],
  [
    'trailers without END_STREAM',
    [post(1), headers(1, [['x-a', 'b']], endHeaders)],
    reset(1, 'PROTOCOL_ERROR'),
  ],
  ['trailers with a pseudo field', [post(1), headers(1, [[':path', '/b']])], reset(1, 'PROTOCOL_ERROR')],
  ['trailers in upper case', [post(1), headers(1, [['X-A', 'b']])], reset(1, 'PROTOCOL_ERROR')],
  [
    'trailers that are too large',
    [
      post(1),
      headers(
        1,
        times(101, () => ['x-a', '']),
      ),
    ],
    reset(1, 'ENHANCE_YOUR_CALM'),
  ],
  [
    'trailers before the announced body',
    [post(1, ['content-length', '1']), headers(1, [['x-a', 'b']])],
    reset(1, 'PROTOCOL_ERROR'),
  ],
  [
    'more DATA than content-length',
    [post(1, ['content-length', '1']), data(1, 'ab')],
    reset(1, 'PROTOCOL_ERROR'),
  ],
  [
    'less DATA than content-length',
    [post(1, ['content-length', '3']), data(1, 'ab', endStream)],
    reset(1, 'PROTOCOL_ERROR'),
  ],
];

const blockRules: readonly Row[] = [
  [
    'CONTINUATION without HEADERS',
    [frame(frameType.continuation, endHeaders, 1, fieldBlock(get))],
    goAway('PROTOCOL_ERROR'),
  ],
  [
    'CONTINUATION of another stream',
    [frame(frameType.headers, 0, 1, fieldBlock(get)), frame(frameType.continuation, endHeaders, 3)],
    goAway('PROTOCOL_ERROR'),
  ],
  [
    'another frame within a field block',
    [frame(frameType.headers, 0, 1, fieldBlock(get)), frame(frameType.ping, 0, 0, '12345678')],
    goAway('PROTOCOL_ERROR'),
  ],
  [
    'an unknown frame within a field block',
    [frame(frameType.headers, 0, 1, fieldBlock(get)), frame(0xbe, 0, 0)],
    goAway('PROTOCOL_ERROR'),
  ],
  [
    'a field block in 18 frames',
    [frame(frameType.headers, 0, 1), ...times(17, () => frame(frameType.continuation, 0, 1))],
    goAway('ENHANCE_YOUR_CALM'),
  ],
  [
    'a field block of 150 KB',
    [
      frame(frameType.headers, 0, 1, fieldBlock(get)),
      ...times(10, () => frame(frameType.continuation, 0, 1, literal('x-a', 'b'.repeat(15_000)))),
    ],
    goAway('ENHANCE_YOUR_CALM'),
  ],
  [
    'an index that does not exist',
    [frame(frameType.headers, 5, 1, octets(0xff, 0x7f))],
    goAway('COMPRESSION_ERROR'),
  ],
  [
    'an index that does not exist, in trailers',
    [post(1), frame(frameType.headers, 5, 1, octets(0xff, 0x7f))],
    goAway('COMPRESSION_ERROR'),
  ],
];

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** How the connection or a stream ended; the last one if there are several. */
async function outcomeOf(server: H2Server): Promise<string> {
  let outcome = 'nothing';
  for (const one of await server.frames()) {
    const end = describeEnd(one);
    if (end !== undefined) outcome = one.type === frameType.goaway ? end : `${one.stream}: ${end}`;
  }
  return outcome;
}

async function serves(server: H2Server, id: number): Promise<boolean> {
  server.send(headers(id, get));
  return (await server.frames()).some(({ type, stream }) => type === frameType.headers && stream === id);
}

describe('Http2ServerConnection, frames that break the rules', () => {
  const rows = [
    ...frameRules,
    ...paddingRules,
    ...settingRules,
    ...windowRules,
    ...streamRules,
    ...blockRules,
  ];
  for (const [what, sent, outcome] of rows)
    it(`answers ${what} with ${outcome}`, async () => {
      const server = new H2Server({}, (stream) => {
        if (stream.request.bodyLength === 0) answer(stream);
      });
      await server.greet();
      server.send(...sent);
      assert.equal(await outcomeOf(server), outcome);
      const isClosed = outcome.startsWith('GOAWAY');
      assert.equal(server.socket.writableEnded, isClosed);
      assert.equal(await serves(server, 101), !isClosed);
    });

  const beginnings: readonly Row[] = [
    ['another preface', [Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')], goAway('PROTOCOL_ERROR')],
    ['HTTP/1.1', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], goAway('PROTOCOL_ERROR')],
    ['a first frame that is no SETTINGS', [Buffer.from(preface), headers(1, get)], goAway('PROTOCOL_ERROR')],
    [
      'an acknowledgement as its first frame',
      [Buffer.from(preface), frame(frameType.settings, 1, 0)],
      goAway('PROTOCOL_ERROR'),
    ],
  ];
  for (const [what, sent, outcome] of beginnings)
    it(`answers ${what} with ${outcome}`, async () => {
      const server = new H2Server();
      server.send(...sent);
      assert.equal(await outcomeOf(server), outcome);
      assert.deepEqual(server.seen, []);
    });
});

describe('Http2ServerConnection, frames that are to be ignored', () => {
  const ignored: ReadonlyArray<readonly [what: string, sent: readonly Uint8Array[]]> = [
    ['a frame of an unknown type', [frame(0xbe, 0xff, 7, 'whatever')]],
    ['unknown flags', [frame(frameType.ping, 0xf0, 0, '12345678')]],
    ['an unknown setting', [settings([0xbeef, 1])]],
    ['PRIORITY on an idle stream', [frame(frameType.priority, 0, 7, octets(0, 0, 0, 5, 1))]],
    ['the answer to a ping', [frame(frameType.ping, 1, 0, '12345678')]],
    ['RST_STREAM on a stream that is closed', [headers(1, get), rstStream(1, 8)]],
    ['WINDOW_UPDATE on a stream that is closed', [headers(1, get), windowUpdate(1, 1)]],
    [
      'PRIORITY on a stream that is closed',
      [headers(1, get), frame(frameType.priority, 0, 1, octets(0, 0, 0, 0, 1))],
    ],
    [
      'the reserved bit of a stream identifier',
      [Buffer.concat([octets(0, 0, 4, 8, 0), uint32(0x80000000), uint32(1)])],
    ],
  ];
  for (const [what, sent] of ignored)
    it(`goes on after ${what}`, async () => {
      const server = new H2Server({}, (stream) => answer(stream));
      await server.greet();
      server.send(...sent);
      assert.equal(await outcomeOf(server), 'nothing');
      assert.ok(await serves(server, 101));
    });

  it('ignores what still comes for a stream that it has reset, and counts it for the connection', async () => {
    const server = new H2Server({ connectionWindow: 65_535 }, (stream) => stream.abort());
    await server.greet();
    server.send(post(1));
    assert.equal(await outcomeOf(server), '1: RST_STREAM INTERNAL_ERROR');
    server.send(data(1, 'x'.repeat(16_384)), data(1, 'x'.repeat(16_384)), headers(1, [['x-a', 'b']]));
    const [update, ...others] = await server.frames();
    assert.deepEqual([update?.type, update?.stream, update?.payload.readUInt32BE(0)], [8, 0, 32_768]);
    assert.deepEqual(others, []);
  });

  it('answers a ping with its own octets', async () => {
    const server = await new H2Server().greet();
    server.send(frame(frameType.ping, 0, 0, 'abcdefgh'));
    const [pong] = await server.frames();
    assert.deepEqual([pong?.type, pong?.flags, pong?.payload.toString()], [6, 1, 'abcdefgh']);
  });

  it('takes padding off, and counts it for flow control', async () => {
    const server = await new H2Server({ streamWindow: 100, connectionWindow: 65_535 }).greet();
    server.send(
      post(1),
      frame(frameType.data, padded, 1, Buffer.concat([octets(60), Buffer.from('abc'), Buffer.alloc(60)])),
    );
    assert.deepEqual(server.first.told, ['body abc']);
    const [update] = await server.frames();
    assert.deepEqual([update?.type, update?.stream, update?.payload.readUInt32BE(0)], [8, 1, 61]);
  });
});
