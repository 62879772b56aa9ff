import {
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  headers,
  hpackString,
  rstStream,
  setting,
  settings,
  windowUpdate,
} from '../helpers/raw-h2.ts';
import { answered, type HostileCase, type Outcome, passed } from './harness/hostile-case.ts';

/** What the backend sends for a request on this stream. */
export type BackendFrames = (stream: number) => readonly Uint8Array[];
export type Http2BackendCase = HostileCase<BackendFrames>;

type Field = readonly [name: string, value: string];
const ok: Field = [':status', '200'];
const more = frameFlag.endHeaders;
const end = frameFlag.endStream;

const head = (stream: number, fields: readonly Field[], flags?: number): Uint8Array =>
  headers(stream, fields, flags);
const data = (stream: number, text: string, flags: number = end): Uint8Array =>
  frame(frameType.data, flags, stream, text);
const pushPromise = 5;

const before = (words: string, flags: string, status = 503): Outcome =>
  answered(status, `upstream_reset_before_response_started{${words}}`, flags);

/** What is no answer: the request is tried once more. */
const violation = before('protocol_error', 'UPE,URX', 502);
const brokenOff: Outcome = {
  status: 200,
  details: 'upstream_reset_after_response_started{protocol_error}',
  flags: 'UPE',
  connection: 'closes',
  isTruncated: true,
};

const rows: ReadonlyArray<readonly [name: string, sent: BackendFrames, expect: Outcome]> = [
  ['a whole answer', (id) => [head(id, [ok], more), data(id, 'ok')], passed()],
  [
    'fewer octets than content-length',
    (id) => [head(id, [ok, ['content-length', '5']], more), data(id, 'ok')],
    brokenOff,
  ],
  [
    'more octets than content-length',
    (id) => [head(id, [ok, ['content-length', '1']], more), data(id, 'ok')],
    brokenOff,
  ],
  ['no :status', (id) => [head(id, [['x-a', 'b']])], violation],
  ['two :status', (id) => [head(id, [ok, ok])], violation],
  ['the status abc', (id) => [head(id, [[':status', 'abc']])], violation],
  ['a name in upper case', (id) => [head(id, [ok, ['X-A', 'b']])], violation],
  ['transfer-encoding', (id) => [head(id, [ok, ['transfer-encoding', 'chunked']])], violation],
  ['CRLF in a value', (id) => [head(id, [ok, ['x-a', 'b\r\nset-cookie: forged=1']])], violation],
  ['DATA before HEADERS', (id) => [data(id, 'ok')], violation],
  ['DATA on another stream', () => [data(99, 'ok')], violation],
  [
    'PUSH_PROMISE',
    (id) => [
      frame(
        pushPromise,
        more,
        id,
        Buffer.concat([
          Buffer.from([0, 0, 0, 2]),
          fieldBlock([
            [':method', 'GET'],
            [':path', '/'],
            [':scheme', 'http'],
            [':authority', 'a'],
          ]),
        ]),
      ),
    ],
    violation,
  ],
  ['REFUSED_STREAM', (id) => [rstStream(id, 7)], before('remote_refused_stream_reset', 'UR,URX')],
  ['RST_STREAM NO_ERROR before the answer', (id) => [rstStream(id, 0)], before('remote_reset', 'UR,URX')],
  [
    'GOAWAY before the answer',
    () => [frame(frameType.goaway, 0, 0, '\0\0\0\0\0\0\0\x02')],
    before('remote_refused_stream_reset', 'UR,URX'),
  ],
  [
    'a frame beyond the size that we announced',
    (id) => [head(id, [ok], more), data(id, 'x'.repeat(20_000))],
    brokenOff,
  ],
  ['octets that are no frames', () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], violation],
  ['WINDOW_UPDATE of 0', (id) => [windowUpdate(id, 0)], violation],
  ['SETTINGS that are wrong', () => [settings([setting.initialWindowSize, 0x80000000])], violation],
  ['20,000 SETTINGS', () => Array.from({ length: 20_000 }, () => settings()), violation],
  [
    '1,000 informational responses',
    (id) => [...Array.from({ length: 1_000 }, () => head(id, [[':status', '103']], more)), head(id, [ok])],
    violation,
  ],
  ['101', (id) => [head(id, [[':status', '101']])], violation],
  [
    'an HPACK bomb',
    (id) => [
      frame(
        frameType.headers,
        more | end,
        id,
        Buffer.concat([
          fieldBlock([ok]),
          Buffer.of(0x40),
          hpackString('x-a'),
          hpackString('b'.repeat(3_900)),
          Buffer.alloc(10_000, 0x80 | 62),
        ]),
      ),
    ],
    violation,
  ],
  [
    'trailers with a pseudo field',
    (id) => [head(id, [ok], more), data(id, 'ok', 0), head(id, [ok])],
    brokenOff,
  ],
];

/** Backends that speak HTTP/2, item 116. */
export const http2BackendCases: readonly Http2BackendCase[] = rows.map(([name, sent, expect]) => ({
  item: 116,
  name: `over HTTP/2: ${name}`,
  sent,
  expect,
}));
