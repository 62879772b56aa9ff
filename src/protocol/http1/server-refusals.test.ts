import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Http1TestServer } from '../../../test/helpers/http1-server.ts';
import { startHttp1Server } from '../../../test/helpers/http1-server.ts';
import type { Http1Problem } from './problem.ts';
import { http1Problems } from './problem.ts';
import type { Http1ServerOptions } from './server-settings.ts';

/** A request that must be refused: name, bytes, problem. */
type Case = readonly [name: string, bytes: string, problem: Http1Problem];

const get = (...fields: string[]): string =>
  ['GET /shelves HTTP/1.1', 'Host: a.example', ...fields, '', ''].join('\r\n');
const post = (...fields: string[]): string => get(...fields).replace('GET', 'POST');
const line = (text: string): string => `${text}\r\nHost: a.example\r\n\r\n`;
const chunked = (body: string): string => `${post('Transfer-Encoding: chunked')}${body}`;

const framing: readonly Case[] = [
  [
    'Content-Length before Transfer-Encoding',
    post('Content-Length: 5', 'Transfer-Encoding: chunked'),
    'length_and_encoding',
  ],
  [
    'Transfer-Encoding before Content-Length',
    post('Transfer-Encoding: chunked', 'Content-Length: 5'),
    'length_and_encoding',
  ],
  ['two different Content-Length', post('Content-Length: 5', 'Content-Length: 6'), 'repeated_content_length'],
  ['two equal Content-Length', post('Content-Length: 5', 'Content-Length: 5'), 'repeated_content_length'],
  ...[
    '+5',
    '-1',
    '0x10',
    '5,5',
    '5, 5',
    '18446744073709551616',
    '9007199254740992',
    '5 5',
    '',
    '٥',
    '1e3',
    '5.0',
    '\t5',
    '5 \t',
  ].map((value): Case => [
    `Content-Length: ${value}`,
    post(`Content-Length: ${value}`),
    'invalid_content_length',
  ]),
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    'chunked, chunked',
    'gzip, chunked',
    'chunked;q=1',
    '"chunked"',
    '',
    '\tchunked',
    'chunked\t',
    'chunked \t ',
  ].map((value): Case => [
    `Transfer-Encoding: ${value}`,
    post(`Transfer-Encoding: ${value}`),
    'unknown_transfer_encoding',
  ]),
  [
    'two Transfer-Encoding',
    post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
    'unknown_transfer_encoding',
  ],
  ['a blank before the colon', post('Transfer-Encoding : chunked'), 'space_before_colon'],
  ['a TAB before the colon', post('Content-Length\t: 5'), 'space_before_colon'],
  ['a vertical tab before the value', post('Transfer-Encoding:\x0bchunked'), 'invalid_field_value'],
  ['a folded line', get('X-A: b', ' c'), 'obs_fold'],
  ['a fold before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 'obs_fold'],
  ['LF after the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 'bare_lf'],
  ['LF after a field', 'GET / HTTP/1.1\r\nHost: a\n\r\n', 'bare_lf'],
  ['LF at the end of the head', 'GET / HTTP/1.1\r\nHost: a\r\n\n', 'bare_lf'],
  ['CR within a value', get('X-A: b\rc'), 'bare_cr'],
  ['CR within the request line', 'GET /\rx HTTP/1.1\r\nHost: a\r\n\r\n', 'bare_cr'],
  ['NUL within a value', get('X-A: b\0c'), 'invalid_field_value'],
  ['DEL within a value', get('X-A: b\x7fc'), 'invalid_field_value'],
  ['NUL within a name', get('X-\0A: b'), 'invalid_field_name'],
  ['an empty name', get(': b'), 'invalid_field_name'],
  ['a field without colon', get('X-A'), 'invalid_field_name'],
  ['a parenthesis within a name', get('X(A): b'), 'invalid_field_name'],
  ['a byte of 0x80 within a name', get('X\x80: b'), 'invalid_field_name'],
  ['an underscore within a name', get('X_A: b'), 'underscore_in_name'],
];

const requestLines: readonly Case[] = [
  ['HTTP/0.9', 'GET /\r\n\r\n', 'low_version'],
  ['HTTP/0.9 by name', line('GET / HTTP/0.9'), 'low_version'],
  ['HTTP/1.0', line('GET / HTTP/1.0'), 'low_version'],
  ['HTTP/1.0 without Host', 'GET / HTTP/1.0\r\n\r\n', 'low_version'],
  ['HTTP/2.0', line('GET / HTTP/2.0'), 'unsupported_version'],
  ['HTTP/1.2', line('GET / HTTP/1.2'), 'unsupported_version'],
  ['HTTP/1.10', line('GET / HTTP/1.10'), 'invalid_request_line'],
  ['http/1.1', line('GET / http/1.1'), 'invalid_request_line'],
  ['ICE/1.0', line('SOURCE / ICE/1.0'), 'invalid_request_line'],
  ['two blanks before the version', line('GET /  HTTP/1.1'), 'invalid_request_line'],
  ['two blanks before the target', line('GET  / HTTP/1.1'), 'invalid_request_line'],
  ['a blank after the version', line('GET / HTTP/1.1 '), 'invalid_request_line'],
  ['a blank before the method', line(' GET / HTTP/1.1'), 'invalid_request_line'],
  ['a TAB for a blank', line('GET\t/ HTTP/1.1'), 'invalid_request_line'],
  ['a blank within the target', line('GET /a b HTTP/1.1'), 'invalid_request_line'],
  ['a byte of 0x80 within the target', line('GET /\x80 HTTP/1.1'), 'invalid_request_line'],
  ['NUL within the target', line('GET /\0 HTTP/1.1'), 'invalid_request_line'],
  ['a second blank line before it', `\r\n\r\n${get()}`, 'invalid_request_line'],
  ['the method G3T', line('G3T / HTTP/1.1'), 'unknown_method'],
  ['a lower-case method', line('get / HTTP/1.1'), 'unknown_method'],
  ['a method of 10 KB', line(`${'A'.repeat(10_240)} / HTTP/1.1`), 'unknown_method'],
  ['a target without slash', line('GET shelves HTTP/1.1'), 'invalid_url'],
  ['an absolute target without host', line('GET http:///x HTTP/1.1'), 'invalid_url'],
  ['an absolute target with user information', line('GET http://u@h/x HTTP/1.1'), 'invalid_url'],
  ['an absolute target with a port of junk', line('GET http://h:8a/x HTTP/1.1'), 'invalid_url'],
  ['a target of another scheme', line('GET ftp://h/x HTTP/1.1'), 'invalid_scheme'],
  ['an asterisk for GET', line('GET * HTTP/1.1'), 'invalid_target'],
  ['an authority for GET', line('GET a.example:80 HTTP/1.1'), 'invalid_url'],
  ['CONNECT with a path', line('CONNECT /x HTTP/1.1'), 'invalid_target'],
  ['CONNECT without port', line('CONNECT a.example HTTP/1.1'), 'invalid_target'],
  ['CONNECT', line('CONNECT a.example:443 HTTP/1.1'), 'connect_refused'],
  [
    'CONNECT with a body',
    'CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
    'body_disallowed',
  ],
];

const hosts: readonly Case[] = [
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 'missing_host'],
  ['no Host with an absolute target', 'GET http://a.example/ HTTP/1.1\r\n\r\n', 'missing_host'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 'missing_host'],
  ['two Host', get('Host: a.example'), 'repeated_host'],
  ...[
    'a@b',
    'a:b',
    'a:99999',
    'a:80:80',
    ':80',
    'a b',
    'a/b',
    'a,b',
    '[::1',
    '[::g]',
    '[::1]x',
    'a%zz',
    'a"',
    'é',
  ].map((host): Case => [`Host: ${host}`, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 'invalid_host']),
];

const connections: readonly Case[] = [
  ...[
    'x-forwarded-for',
    'X-Forwarded-Host',
    'close, x-forwarded-proto',
    ':path',
    'a b',
    'a,b,c,d,e,f,g,h,i,j',
  ].map((value): Case => [`Connection: ${value}`, get(`Connection: ${value}`), 'connection_options']),
  [
    'ten options over two fields',
    get('Connection: a,b,c,d,e', 'Connection: f,g,h,i,j'),
    'connection_options',
  ],
  ['a nominated TE of 256 bytes', get('Connection: TE', `TE: ${'x'.repeat(256)}`), 'connection_options'],
  ['Upgrade to another protocol', get('Connection: upgrade', 'Upgrade: foo/1'), 'unsupported_upgrade'],
  ['Upgrade to one of two', get('Connection: upgrade', 'Upgrade: websocket, foo'), 'unsupported_upgrade'],
  [
    'an upgrade with a body',
    get('Connection: upgrade', 'Upgrade: websocket', 'Content-Length: 3'),
    'body_disallowed',
  ],
  ['an unknown Expect', post('Expect: 200-ok', 'Content-Length: 3'), 'unknown_expectation'],
];

const sizes: readonly Case[] = [
  ['a request line of 1 MB', line(`GET /${'a'.repeat(1 << 20)} HTTP/1.1`), 'request_line_too_long'],
  ['one field of 1 MB', get(`X-A: ${'a'.repeat(1 << 20)}`), 'head_too_large'],
  ['101 fields', get(...Array<string>(100).fill('A: b')), 'too_many_fields'],
  ['10,001 fields', get(...Array<string>(10_000).fill('A: b')), 'too_many_fields'],
];

/** Bodies that go wrong after the request was handed on. */
const bodies: readonly Case[] = [
  ...[
    '0x5\r\nhello',
    '-5\r\nhello',
    '+5\r\nhello',
    '\r\nhello',
    'g\r\n',
    '5 \r\nhello',
    ' 5\r\nhello',
    '5;\r\nhello',
  ].map((body): Case => [`the chunk ${JSON.stringify(body)}`, chunked(body), 'invalid_chunk']),
  ['a chunk size of 17 digits', chunked('00000000000000005\r\nhello'), 'invalid_chunk'],
  ['a chunk size of 2^64 - 1', chunked('ffffffffffffffff\r\nhello'), 'invalid_chunk'],
  ['a chunk without CRLF after it', chunked('5\r\nhello6\r\n'), 'invalid_chunk'],
  ['a chunk with LF after it', chunked('5\r\nhello\n0\r\n\r\n'), 'invalid_chunk'],
  ['a chunk size ended by LF', chunked('5\nhello\r\n0\r\n\r\n'), 'invalid_chunk'],
  ['a chunk extension with CR within', chunked('5;a=\rb\r\nhello'), 'invalid_chunk'],
  ['an endless chunk extension', chunked(`5;${'a'.repeat(100_000)}`), 'chunk_extensions_too_large'],
  ['a folded trailer', chunked('0\r\nX-A: b\r\n c\r\n\r\n'), 'obs_fold'],
  ['a trailer with LF', chunked('0\r\nX-A: b\n\r\n'), 'bare_lf'],
  ['endless trailers', chunked(`0\r\nX-A: ${'a'.repeat(100_000)}`), 'trailers_too_large'],
];

describe('Http1ServerConnection refuses', () => {
  for (const [name, bytes, problem] of [...framing, ...requestLines, ...hosts, ...connections, ...sizes])
    it(name, async () => refuses(bytes, problem));

  it('a body that is announced larger than the limit', async () =>
    refuses(post('Content-Length: 11'), 'body_too_large', { limits: { maxBodyBytes: 10 } }));

  it('https targets on plain text where the rule says so', async () =>
    refuses(line('GET https://a.example/ HTTP/1.1'), 'https_url_on_plaintext', {
      refuseHttpsOnPlaintext: true,
    }));

  it('Transfer-Encoding in HTTP/1.0 where that is accepted', async () =>
    refuses('POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 'encoding_in_http10', {
      http10: 'accept',
    }));

  async function refuses(
    bytes: string,
    problem: Http1Problem,
    options: Http1ServerOptions = {},
  ): Promise<void> {
    const server = await startHttp1Server(options);
    try {
      const peer = await server.connect();
      peer.send(bytes);
      const answer = await peer.ended();
      const { status, details } = http1Problems[problem];
      assert.deepEqual(
        server.rejections.map((rejection) => [rejection.problem, rejection.status, rejection.details]),
        [[problem, status, details]],
      );
      assert.equal(server.seen.length, 0);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(answer, /\r\nconnection: close\r\n/);
      assert.equal(answer.split('HTTP/1.1 ').length, 2);
      peer.end();
      await server.until(() => server.closed === 1);
    } finally {
      await server.close();
    }
  }
});

describe('Http1ServerConnection aborts a request', () => {
  let server: Http1TestServer;
  before(async () => {
    server = await startHttp1Server();
  });
  after(async () => server.close());

  for (const [name, bytes, problem] of bodies)
    it(`with ${name}`, async () => {
      const peer = await server.connect();
      peer.send(bytes);
      const answer = await peer.ended();
      assert.match(answer, new RegExp(`^HTTP/1.1 ${http1Problems[problem].status} `));
      assert.match(answer, /\r\nconnection: close\r\n/);
      const seen = server.seen.pop();
      assert.equal(seen?.aborted, 'protocol_error');
      assert.equal(seen.hasEnded, false);
      assert.deepEqual(server.rejections, []);
    });
});
