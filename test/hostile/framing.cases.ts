import type { RawPeer } from '../helpers/raw-http.ts';
import { eventually } from '../helpers/eventually.ts';
import type { Gate, GateOptions } from './harness/gate.ts';
import { answered, type Http1Case, passed, refused, type SentHttp1, table } from './harness/hostile-case.ts';

const host = 'Host: a.example';
const get = (...fields: string[]): string => ['GET /a HTTP/1.1', host, ...fields, '', ''].join('\r\n');
const post = (...fields: string[]): string => ['POST /a HTTP/1.1', host, ...fields, '', ''].join('\r\n');
const line = (text: string): string => `${text}\r\n${host}\r\n\r\n`;
const chunked = (body: string): string => post('Transfer-Encoding: chunked') + body;

/** What the backend sees of the same requests. */
const gotGet = (...fields: string[]): string =>
  ['GET /a HTTP/1.1', 'host: a.example', ...fields, '', ''].join('\r\n');
const gotPost = (...fields: string[]): string =>
  ['POST /a HTTP/1.1', 'host: a.example', ...fields, '', ''].join('\r\n');
const gotChunked = (body: string): string => gotPost('transfer-encoding: chunked') + body;

const codec = refused(400, 'http1.codec_error');
const upgradeFailed = refused(403, 'upgrade_failed', '-');
const tooLarge = refused(431, 'http1.headers_too_large');

/** First one part, then, when the backend has some of it, the other. */
function inTwo(first: string, second: string): SentHttp1 {
  return async (peer: RawPeer, gate: Gate) => {
    peer.send(first);
    await eventually(
      async () => await Promise.resolve(gate.backend.unfinished.join('')),
      (text) => text.endsWith('hello\r\n'),
      undefined,
      5,
    );
    peer.send(second);
  };
}

const operations = [{ row: 'GET /a' }, { row: 'POST /a' }];

/** The proxies that items 1 to 24 are sent to. */
export const framingGate: GateOptions = { operations };
export const framingGateOfV1: GateOptions = { operations, runtimeVersion: '1' };

/** HTTP/1 framing as ESPv2, items 1 to 24. */
export const framingCases: readonly Http1Case[] = [
  ...table(1, [
    [
      'Content-Length, then Transfer-Encoding',
      `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
      refused(400, 'http1.content_length_and_chunked_not_allowed'),
    ],
    [
      'Transfer-Encoding, then Content-Length',
      `${post('Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n`,
      refused(400, 'http1.content_length_and_chunked_not_allowed'),
    ],
  ]),
  ...table(2, [
    ['two Content-Length that differ', `${post('Content-Length: 5', 'Content-Length: 6')}hello!`, codec],
  ]),
  ...table(3, [
    ['two Content-Length that are equal', `${post('Content-Length: 5', 'Content-Length: 5')}hello`, codec],
  ]),
  ...table(4, [
    ...['+5', '-1', '0x10', '5,5', '18446744073709551616'].map(
      (value) => [`Content-Length: ${value}`, `${post(`Content-Length: ${value}`)}hello`, codec] as const,
    ),
    [
      'Content-Length with blanks after it',
      `${post('Content-Length: 5  ')}hello`,
      passed(`${gotPost('content-length: 5')}hello`),
    ],
  ]),
  ...table(
    5,
    ['xchunked', 'chunked, identity', 'identity', 'chunked, chunked'].map(
      (value) =>
        [
          `Transfer-Encoding: ${value}`,
          `${post(`Transfer-Encoding: ${value}`)}0\r\n\r\n`,
          refused(501, 'http1.invalid_transfer_encoding'),
        ] as const,
    ),
  ),
  ...table(6, [
    [
      'a blank before the colon of Transfer-Encoding',
      `${post('Transfer-Encoding : chunked')}0\r\n\r\n`,
      codec,
    ],
  ]),
  ...table(7, [
    [
      'a vertical tab before `chunked`',
      `${post('Transfer-Encoding:\x0bchunked')}0\r\n\r\n`,
      refused(400, 'http1.invalid_characters'),
    ],
  ]),
  ...table(8, [
    ['a folded field', get('X-A: b', ' c'), codec],
    ['a folded Transfer-Encoding', `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n`, codec],
  ]),
  ...table(9, [
    ['LF for CRLF', 'GET /a HTTP/1.1\nHost: a.example\n\n', codec],
    ['LF after a field', `GET /a HTTP/1.1\r\n${host}\nX-A: b\r\n\r\n`, codec],
  ]),
  ...table(10, [['CR within a value', get('X-A: b\rX-B: c'), codec]]),
  ...table(11, [
    ['NUL within a value', get('X-A: b\0c'), refused(400, 'http1.invalid_characters')],
    ['NUL within a name', get('X-\0A: b'), codec],
  ]),
  ...table(12, [
    ...[
      '0x5\r\nhello\r\n',
      '5;\r\nhello\r\n',
      '00000000000000005\r\nhello\r\n',
      '-5\r\nhello\r\n',
      '5\r\nhello6\r\n',
    ].map((body) => [`the chunk ${JSON.stringify(body)}`, chunked(`${body}0\r\n\r\n`), codec] as const),
    [
      'a chunk with an extension',
      chunked('5;ext=1\r\nhello\r\n0\r\n\r\n'),
      passed(gotChunked('5\r\nhello\r\n0\r\n\r\n')),
    ],
    [
      'a bad chunk after a good one',
      inTwo(chunked('5\r\nhello\r\n'), '0x5\r\nhello\r\n0\r\n\r\n'),
      { ...codec, reaches: [gotChunked('5\r\nhello\r\n')], isCutOff: true },
    ],
  ]),
  ...table(13, [['an endless chunk extension', chunked(`5;${'a'.repeat(100_000)}`), codec]]),
  ...table(14, [
    [
      'trailers that authenticate, frame and identify',
      chunked(
        [
          '0',
          'Authorization: Bearer forged',
          'Content-Length: 5',
          'X-Endpoint-API-UserInfo: forged',
          'x_endpoint-api-consumer-number: 1',
          'X-Forwarded-Authorization: forged',
          'X-HTTP-Method-Override: PUT',
          'X-Sum: 1',
          '',
          '',
        ].join('\r\n'),
      ),
      passed(gotChunked('0\r\nx-sum: 1\r\n\r\n')),
    ],
    [
      'a trailer whose name has an underscore',
      chunked('0\r\nX_Sum: 1\r\n\r\n'),
      passed(gotChunked('0\r\n\r\n')),
    ],
  ]),
  ...table(15, [
    [
      'Transfer-Encoding in HTTP/1.0',
      `POST /a HTTP/1.0\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      refused(426, 'low_version', '-'),
    ],
  ]),
  ...table(16, [
    ['HTTP/0.9', 'GET /a\r\n\r\n', refused(426, 'low_version', '-')],
    ['HTTP/2.0 in a request line', line('GET /a HTTP/2.0'), codec],
  ]),
  ...table(17, [
    [
      'an absolute target with another host',
      line('GET http://other.example/a HTTP/1.1'),
      passed('GET /a HTTP/1.1\r\nhost: other.example\r\n\r\n'),
    ],
  ]),
  ...table(18, [
    ['two Host', get('Host: b.example'), codec],
    ['no Host', 'GET /a HTTP/1.1\r\n\r\n', refused(400, 'missing_host_header', '-')],
    ['an empty Host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n', refused(400, 'missing_host_header', '-')],
    ...['a@b', 'a:port', 'a:99999', 'a b'].map(
      (value) =>
        [
          `Host: ${value}`,
          `GET /a HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
          refused(400, 'http.invalid_authority', '-'),
        ] as const,
    ),
  ]),
  ...table(19, [
    [
      'Connection: close, Authorization',
      get('Connection: close, Authorization', 'Authorization: Bearer x'),
      { ...passed(gotGet()), connection: 'closes' },
    ],
    [
      'Connection: X-Forwarded-Proto',
      get('Connection: X-Forwarded-Proto'),
      refused(400, 'http1.connection_header_rejected'),
    ],
  ]),
  ...table(20, [
    [
      'an unknown Expect',
      `${post('Expect: 200-ok', 'Content-Length: 5')}hello`,
      refused(417, 'http1.unknown_expectation'),
    ],
    [
      'Expect: 100-continue from a client that waits',
      async (peer) => {
        peer.send(post('Expect: 100-continue', 'Content-Length: 5'));
        await peer.until('HTTP/1.1 100 Continue\r\n\r\n');
        peer.send('hello');
      },
      passed(`${gotPost('content-length: 5')}hello`),
    ],
    [
      'Expect: 100-continue from a client that goes away',
      async (peer) => {
        peer.send(post('Expect: 100-continue', 'Content-Length: 5'));
        await peer.until('HTTP/1.1 100 Continue\r\n\r\n');
        peer.end();
      },
      {
        status: 0,
        details: 'downstream_remote_disconnect',
        flags: 'DC',
        connection: 'closes',
        reaches: [gotPost('content-length: 5')],
        isCutOff: true,
      },
    ],
  ]),
  ...table(21, [
    [
      'Upgrade: h2c',
      get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'),
      passed(gotGet()),
    ],
    ['Upgrade to something else', get('Connection: Upgrade', 'Upgrade: tls/1.0'), upgradeFailed],
    [
      'Upgrade: websocket where the backend does not upgrade',
      get(
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ),
      {
        ...passed(
          gotGet(
            'sec-websocket-version: 13',
            'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
            'connection: upgrade',
            'upgrade: websocket',
          ),
        ),
        connection: 'closes',
      },
    ],
    [
      'an upgrade with a body',
      `${post('Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 5')}hello`,
      refused(400, 'http1.body_disallowed'),
    ],
  ]),
  ...table(22, [
    ['a request line of 1 MB', line(`GET /${'a'.repeat(1 << 20)} HTTP/1.1`), tooLarge],
    ['a method of 10 KB', line(`${'A'.repeat(10_240)} /a HTTP/1.1`), codec],
    ['the method G3T', line('G3T /a HTTP/1.1'), codec],
    ['a method in lower case', line('get /a HTTP/1.1'), codec],
    ['CONNECT', line('CONNECT a.example:443 HTTP/1.1'), upgradeFailed],
    ['TRACE', line('TRACE /a HTTP/1.1'), answered(405, 'direct_response')],
  ]),
  ...table(23, [
    ['10,001 fields', get(...Array<string>(10_000).fill('A: b')), refused(431, 'http1.too_many_headers')],
    ['a field of 1 MB', get(`X-A: ${'a'.repeat(1 << 20)}`), tooLarge],
  ]),
  ...table(24, [
    [
      'a request behind the whole body of a refused one',
      `${'POST /none HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello'}`,
      answered(404, 'direct_response'),
    ],
    [
      'a request within the body of a refused one',
      `POST /none HTTP/1.1\r\n${host}\r\nContent-Length: ${get().length}\r\n\r\n${get()}`,
      answered(404, 'direct_response'),
    ],
    [
      'a request behind a refused body that is too long to read away',
      `POST /none HTTP/1.1\r\n${host}\r\nContent-Length: 1000000\r\n\r\n${get()}`,
      { ...refused(404, 'direct_response', '-') },
    ],
  ]),
];

const refusedByV1 = { ...answered(404, 'method_not_found'), flags: undefined };
const webSocketFields = ['sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='];

/** Where ESP v1 answers otherwise. */
export const framingCasesOfV1: readonly Http1Case[] = [
  ...table(15, [
    [
      'Transfer-Encoding in HTTP/1.0',
      `POST /a HTTP/1.0\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      codec,
    ],
  ]),
  ...table(16, [
    ['HTTP/0.9', 'GET /a\r\n\r\n', codec],
    ['HTTP/1.0', line('GET /a HTTP/1.0'), { ...passed(gotGet()), connection: 'closes' }],
  ]),
  ...table(21, [
    ['Upgrade to something else', get('Connection: Upgrade', 'Upgrade: tls/1.0'), passed(gotGet())],
    [
      'Upgrade: websocket where the backend does not upgrade',
      get('Connection: Upgrade', 'Upgrade: websocket', ...webSocketFields),
      passed(gotGet(...webSocketFields)),
    ],
    [
      'an upgrade with a body',
      `${post('Connection: Upgrade', 'Upgrade: websocket', 'Content-Length: 5')}hello`,
      passed(`${gotPost('content-length: 5')}hello`),
    ],
  ]),
  ...table(22, [['TRACE', line('TRACE /a HTTP/1.1'), refusedByV1]]),
  ...framingCases
    .filter(({ item }) => item === 24)
    .map((one) => ({ ...one, expect: { ...one.expect, details: 'method_not_found' } })),
].map((one) => ({ ...one, expect: { ...one.expect, flags: undefined }, only: 'ESP v1' as const }));

const ownInV1 = new Set(framingCasesOfV1.map(({ name }) => name));

/** Where ESP v1 answers alike. */
export const framingCasesOfBoth: readonly Http1Case[] = framingCases
  .filter(({ name }) => !ownInV1.has(name))
  .map((one) => ({ ...one, expect: { ...one.expect, flags: undefined } }));
