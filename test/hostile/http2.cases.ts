import assert from 'node:assert/strict';
import { eventually } from '../helpers/eventually.ts';
import {
  describeEnd,
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  headers,
  hpackInteger,
  hpackString,
  literal,
  type RawH2Peer,
  rstStream,
  setting,
  settings,
  windowUpdate,
} from '../helpers/raw-h2.ts';
import type { Gate, GateOptions } from './harness/gate.ts';
import { answered, type Outcome, passed } from './harness/hostile-case.ts';
import { answerOk } from './harness/recording-backend.ts';
import type { Http2Case, SentHttp2 } from './harness/run-http2-case.ts';

/** The proxy that items 25 to 38 and the cancellation of item 44 are sent to, over h2c. */
export const http2Gate: GateOptions = { operations: [{ row: 'GET /a' }, { row: 'POST /a' }] };

type Field = readonly [name: string, value: string];
type Row = readonly [
  name: string,
  sent: SentHttp2,
  expect: Outcome,
  verify?: NonNullable<Http2Case['verify']>,
];

const pseudo = (method: string, path: string, authority = 'a.example'): readonly Field[] => [
  [':method', method],
  [':scheme', 'http'],
  [':authority', authority],
  [':path', path],
];
const getFields = pseudo('GET', '/a');
const postFields = pseudo('POST', '/a');
/** A whole request. */
const get = (...fields: readonly Field[]): Uint8Array => headers(1, [...getFields, ...fields]);
/** A request whose body follows. */
const post = (...fields: readonly Field[]): Uint8Array => openPost(1, ...fields);
const openPost = (stream: number, ...fields: readonly Field[]): Uint8Array =>
  headers(stream, [...postFields, ...fields], frameFlag.endHeaders);
const path = (text: string): readonly Uint8Array[] => [headers(1, pseudo('GET', text))];
const data = (text: string, flags: number = frameFlag.endStream): Uint8Array =>
  frame(frameType.data, flags, 1, text);

const gotGet = (...fields: readonly string[]): Outcome =>
  passed(['GET /a HTTP/1.1', 'host: a.example', ...fields, '', ''].join('\r\n'));

/** The codec refuses a request and tells the gateway, which writes a line to the access log. */
const reset = (code: string, details: string): Outcome => ({
  status: 0,
  details,
  flags: 'DPE',
  frame: `RST_STREAM ${code}`,
  connection: 'stays',
});
const gone = (code: string): Outcome => ({
  status: 0,
  details: undefined,
  flags: '-',
  frame: `GOAWAY ${code}`,
  connection: 'closes',
});
/** The request had been handed on; with its connection it is cancelled. */
const goneWithin = (code: string): Outcome => ({
  ...gone(code),
  details: 'downstream_remote_disconnect',
  flags: 'DC',
  isRaced: true,
});
const malformed = reset('PROTOCOL_ERROR', 'http2.violation.of.messaging.rule');

const times = <T>(count: number, make: (stream: number) => T): T[] =>
  Array.from({ length: count }, (_one, index) => make(1 + 2 * index));

/** A field of 3,900 octets that enters the table and is then named 10,000 times by an octet each: 39 MB. */
const hpackBomb = Buffer.concat([
  fieldBlock(getFields),
  Buffer.of(0x40),
  hpackString('x-a'),
  hpackString('b'.repeat(3_900)),
  Buffer.alloc(10_000, 0x80 | 62),
]);

function table(item: number, rows: readonly Row[]): Http2Case[] {
  return rows.map(([name, sent, expect, verify]) => ({
    item,
    name,
    sent,
    expect,
    ...(verify !== undefined && { verify }),
  }));
}

/** Waits until the backend has the beginning of a request. */
async function untilReached({ backend }: Gate): Promise<void> {
  await eventually(
    async () => await Promise.resolve(backend.unfinished.length),
    (count) => count > 0,
    undefined,
    5,
  );
}

const unfinishedPost = 'POST /a HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n';
const cancelled: Pick<Outcome, 'reaches' | 'isCutOff'> = { reaches: [unfinishedPost], isCutOff: true };

/** HTTP/2, items 25 to 38 and 44. */
export const http2Cases: readonly Http2Case[] = [
  ...table(25, [
    [
      '1,000 streams, each reset at once',
      times(1_000, (stream) => Buffer.concat([headers(stream, getFields), rstStream(stream, 8)])),
      goneWithin('ENHANCE_YOUR_CALM'),
      ({ backend }) =>
        assert.ok(backend.requests.length < 250, `${backend.requests.length} requests reached the backend`),
    ],
  ]),
  ...table(26, [
    [
      '10,000 CONTINUATION',
      [
        frame(frameType.headers, frameFlag.endStream, 1, fieldBlock(getFields)),
        ...times(10_000, () => frame(frameType.continuation, 0, 1, literal('x-a', 'b'))),
      ],
      gone('ENHANCE_YOUR_CALM'),
    ],
    [
      '10,000 empty CONTINUATION',
      [
        frame(frameType.headers, frameFlag.endStream, 1, fieldBlock(getFields)),
        ...times(10_000, () => frame(frameType.continuation, 0, 1)),
      ],
      gone('ENHANCE_YOUR_CALM'),
    ],
  ]),
  ...table(27, [
    ['20,000 SETTINGS', times(20_000, () => settings()), gone('ENHANCE_YOUR_CALM')],
    ['20,000 PING', times(20_000, () => frame(frameType.ping, 0, 0, '12345678')), gone('ENHANCE_YOUR_CALM')],
    [
      '20,000 PRIORITY',
      times(20_000, () => frame(frameType.priority, 0, 1, '\0\0\0\0\x01')),
      gone('ENHANCE_YOUR_CALM'),
    ],
    ['1,000 empty DATA', [post(), ...times(1_000, () => data('', 0))], goneWithin('ENHANCE_YOUR_CALM')],
  ]),
  ...table(28, [
    ['WINDOW_UPDATE of 0 on a stream', [post(), windowUpdate(1, 0)], { ...malformed, isRaced: true }],
    ['WINDOW_UPDATE of 0 on the connection', [windowUpdate(0, 0)], gone('PROTOCOL_ERROR')],
    [
      'a window beyond 2^31 on a stream',
      [post(), windowUpdate(1, 0x7fffffff)],
      { ...malformed, frame: 'RST_STREAM FLOW_CONTROL_ERROR', isRaced: true },
    ],
    ['a window beyond 2^31 on the connection', [windowUpdate(0, 0x7fffffff)], gone('FLOW_CONTROL_ERROR')],
    [
      'SETTINGS_INITIAL_WINDOW_SIZE beyond 2^31',
      [settings([setting.initialWindowSize, 0x80000000])],
      gone('FLOW_CONTROL_ERROR'),
    ],
    ['SETTINGS_MAX_FRAME_SIZE of 100', [settings([setting.maxFrameSize, 100])], gone('PROTOCOL_ERROR')],
    [
      'a frame beyond the size that we announced',
      [frame(frameType.data, 0, 1, 'x'.repeat(20_000))],
      gone('FRAME_SIZE_ERROR'),
    ],
    [
      'a window that shrinks to nothing while the answer is on its way',
      async (peer, { backend }) => {
        backend.answer = (request) =>
          request.includes(' /fence ')
            ? answerOk(request, peer.raw)
            : `HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(100_000)}`;
        peer.send(get());
        await peer.until(({ type }) => type === frameType.data);
        peer.send(
          settings([setting.initialWindowSize, 0]),
          settings([setting.initialWindowSize, 1_000_000]),
          windowUpdate(0, 1_000_000),
        );
        await peer.until(({ type, flags }) => type === frameType.data && (flags & frameFlag.endStream) !== 0);
      },
      gotGet(),
    ],
  ]),
  ...table(29, [
    [
      'an HPACK bomb',
      [frame(frameType.headers, frameFlag.endHeaders | frameFlag.endStream, 1, hpackBomb)],
      reset('INTERNAL_ERROR', 'http2.too_many_headers'),
    ],
    [
      'a table larger than we allow',
      [frame(frameType.headers, 5, 1, Buffer.concat([hpackInteger(1e6, 5, 0x20), fieldBlock(getFields)]))],
      gone('COMPRESSION_ERROR'),
    ],
    [
      'an index that is not in the table',
      [frame(frameType.headers, 5, 1, Buffer.concat([fieldBlock(getFields), Buffer.of(0xff, 0x7f)]))],
      gone('COMPRESSION_ERROR'),
    ],
    [
      '101 fields',
      [get(...times(97, (): Field => ['a', 'b']))],
      reset('INTERNAL_ERROR', 'http2.too_many_headers'),
    ],
    [
      '70 KB of fields',
      [
        frame(frameType.headers, frameFlag.endStream, 1, fieldBlock(getFields)),
        ...times(4, () => frame(frameType.continuation, 0, 1, literal('x-a', 'b'.repeat(15_500)))),
        frame(frameType.continuation, frameFlag.endHeaders, 1),
      ],
      reset('INTERNAL_ERROR', 'http2.too_many_headers'),
    ],
  ]),
  ...table(30, [
    ['an empty :path', path(''), malformed],
    ['a :path without slash', path('a'), malformed],
    ['a :path with a blank', path('/a b'), malformed],
    ['a :path with a fragment', path('/a#b'), answered(400, 'path_normalization_failed')],
  ]),
  ...table(31, [
    ['two :path', [get([':path', '/b'])], malformed],
    [
      'a pseudo field behind a field',
      [headers(1, [...getFields.slice(0, 3), ['x-a', 'b'], [':path', '/a']])],
      malformed,
    ],
    ['no :path', [headers(1, getFields.slice(0, 3))], malformed],
    ['an unknown pseudo field', [get([':x', 'b'])], malformed],
  ]),
  ...table(32, [['a name in upper case', [get(['X-A', 'b'])], malformed]]),
  ...table(33, [
    ['connection', [get(['connection', 'close'])], malformed],
    ['te: gzip', [get(['te', 'gzip'])], malformed],
    ['upgrade', [get(['upgrade', 'h2c'])], malformed],
  ]),
  ...table(34, [
    [
      'a content-length longer than DATA',
      [post(['content-length', '5']), data('abc')],
      { ...malformed, isRaced: true },
    ],
    [
      'a content-length shorter than DATA',
      [post(['content-length', '2']), data('abc')],
      { ...malformed, isRaced: true },
    ],
    ['a content-length without DATA', [headers(1, [...postFields, ['content-length', '5']])], malformed],
    ['two content-length', [post(['content-length', '3'], ['content-length', '3']), data('abc')], malformed],
    ['content-length: +3', [post(['content-length', '+3']), data('abc')], malformed],
    [
      'a content-length longer than DATA, after the backend has the request',
      async (peer, gate) => {
        peer.send(post(['content-length', '5']), data('abc', 0));
        await untilReached(gate);
        peer.send(data(''));
      },
      {
        ...malformed,
        reaches: ['POST /a HTTP/1.1\r\nhost: a.example\r\ncontent-length: 5\r\n\r\nabc'],
        isCutOff: true,
      },
    ],
  ]),
  ...table(35, [
    ['transfer-encoding', [post(['transfer-encoding', 'chunked']), data('0\r\n\r\n')], malformed],
  ]),
  ...table(36, [
    ['CRLF in a value', [get(['x-a', 'b\r\nx-b: c'])], malformed],
    ['NUL in a value', [get(['x-a', 'b\0c'])], malformed],
    ['CRLF in a name', [get(['x-a\r\nx-b', 'c'])], malformed],
    ['CRLF in :path', path('/a\r\nx-b: c'), malformed],
    ['CRLF in :method', [headers(1, pseudo('GET /b HTTP/1.1\r\nx-b: c', '/a'))], malformed],
    ['CRLF in :authority', [headers(1, pseudo('GET', '/a', 'a\r\nx-b: c'))], malformed],
  ]),
  ...table(37, [
    ['another host than :authority: :authority counts', [get(['host', 'b.example'])], gotGet()],
    [':authority with user information', [headers(1, pseudo('GET', '/a', 'a@b'))], malformed],
    ['neither', [headers(1, [...getFields.slice(0, 2), ...getFields.slice(3)])], malformed],
  ]),
  ...table(38, [
    [
      'more streams than we announced: those beyond are refused, the others go on',
      async (peer) => {
        peer.send(...times(150, (stream) => openPost(stream)));
        await peer.until((one) => describeEnd(one) === 'RST_STREAM REFUSED_STREAM' && one.stream === 299);
        assert.equal(
          peer.frames.filter((one) => describeEnd(one) === 'RST_STREAM REFUSED_STREAM').length,
          50,
        );
        // The streams that were taken give way to the request that shows that the connection goes on.
        peer.send(...times(100, (stream) => rstStream(stream, 8)));
      },
      { status: 0, details: 'downstream_remote_disconnect', flags: 'DC', connection: 'stays' },
    ],
    [
      '1,000 streams that make us reset them',
      times(1_000, (stream) => Buffer.concat([openPost(stream), windowUpdate(stream, 0)])),
      { ...gone('ENHANCE_YOUR_CALM'), details: malformed.details, flags: 'DPE', isRaced: true },
    ],
    [
      '1,000 requests that we must reset',
      times(1_000, (stream) => headers(stream, [...getFields, ['te', 'gzip']])),
      { ...gone('ENHANCE_YOUR_CALM'), details: malformed.details, flags: 'DPE' },
    ],
    ['a stream with an even number', [headers(2, getFields)], gone('PROTOCOL_ERROR')],
    [
      'DATA on a stream that is not open',
      [frame(frameType.data, frameFlag.endStream, 5, 'x')],
      gone('PROTOCOL_ERROR'),
    ],
  ]),
  ...table(44, [
    [
      'a client that resets its stream: the request to the backend is cancelled',
      async (peer: RawH2Peer, gate: Gate) => {
        peer.send(post(), data('x', 0));
        await untilReached(gate);
        peer.send(rstStream(1, 8));
      },
      {
        status: 0,
        details: 'downstream_remote_disconnect',
        flags: 'DC',
        connection: 'stays',
        ...cancelled,
        reaches: [`${unfinishedPost}1\r\nx\r\n`],
      },
    ],
  ]),
  ...table(69, [
    [
      'a name with an underscore over HTTP/2',
      [get(['x_a', 'b'])],
      reset('INTERNAL_ERROR', 'http2.unexpected_underscore'),
    ],
  ]),
];
