import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestHead } from '../http/stream.ts';
import type { Http2Limits } from './http2-settings.ts';
import { defaultHttp2Limits } from './http2-settings.ts';
import { RequestFields } from './request-fields.ts';

const violation = 'http2.violation.of.messaging.rule';
const base = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'a'];
const connect = [':method', 'CONNECT', ':authority', 'a:443'];
const webSocket = ':method CONNECT :protocol websocket :scheme https :path /chat :authority a'.split(' ');
const withPseudo = (name: string, value: string): string[] =>
  base.map((text, i) => (i % 2 === 1 && base[i - 1] === name ? value : text));
const without = (name: string, fields = base): string[] =>
  fields.filter((_text, i) => fields[i - (i % 2)] !== name);

const read = (
  fields: readonly string[],
  endOfStream = true,
  limits: Partial<Http2Limits> = {},
): RequestHead | string =>
  new RequestFields({ ...defaultHttp2Limits, ...limits }, 'http').read(fields, endOfStream);

describe('RequestFields', () => {
  const malformed: ReadonlyArray<readonly [what: string, fields: readonly string[], endOfStream?: boolean]> =
    [
      ['no field at all', []],
      ['no :method', without(':method')],
      ['no :scheme', without(':scheme')],
      ['no :path', without(':path')],
      ['neither :authority nor host', without(':authority')],
      ['two :method', [...base, ':method', 'GET']],
      ['two :path', [...base, ':path', '/b']],
      ['two :scheme', [...base, ':scheme', 'http']],
      ['two :authority', [...base, ':authority', 'a']],
      ['an unknown pseudo field', [...base, ':x', '1']],
      ["a response's pseudo field", [...base, ':status', '200']],
      ['a pseudo field without name', [...base, ':', '1']],
      ['a pseudo field behind a field', [...base.slice(0, 6), 'x-a', '1', ':authority', 'a']],
      ['an empty :method', withPseudo(':method', '')],
      ['a :method with a blank', withPseudo(':method', 'GET /b')],
      ['an empty :path', withPseudo(':path', '')],
      ['a :path without slash', withPseudo(':path', 'a')],
      ['an absolute :path', withPseudo(':path', 'http://a/')],
      ['a :path with a blank', withPseudo(':path', '/a b')],
      ['a :path with a tab', withPseudo(':path', '/a\tb')],
      ['a :path with DEL', withPseudo(':path', '/a\x7fb')],
      ['* without OPTIONS', withPseudo(':path', '*')],
      ['an empty :scheme', withPseudo(':scheme', '')],
      ['a :scheme with a colon', withPseudo(':scheme', 'http:')],
      ['an empty :authority', withPseudo(':authority', '')],
      ['a comma in :authority', withPseudo(':authority', 'a,b')],
      ['user information in :authority', withPseudo(':authority', 'u@a')],
      ['a port beyond 65535', withPseudo(':authority', 'a:65536')],
      ['a comma in host', [...without(':authority'), 'host', 'a,b']],
      ['an empty host beside :authority', [...base, 'host', '']],
      ['user information in a host beside :authority', [...base, 'host', 'u@a']],
      ['two host', [...base, 'host', 'a', 'host', 'a']],
      ['connection', [...base, 'connection', 'close']],
      ['keep-alive', [...base, 'keep-alive', '1']],
      ['proxy-connection', [...base, 'proxy-connection', 'close']],
      ['transfer-encoding', [...base, 'transfer-encoding', 'chunked']],
      ['upgrade', [...base, 'upgrade', 'h2c']],
      ['te: gzip', [...base, 'te', 'gzip']],
      ['te with trailers among others', [...base, 'te', 'trailers, gzip']],
      ['two content-length', [...base, 'content-length', '0', 'content-length', '0'], false],
      ['content-length: +1', [...base, 'content-length', '+1'], false],
      ['content-length: -1', [...base, 'content-length', '-1'], false],
      ['content-length: 1,1', [...base, 'content-length', '1,1'], false],
      ['an empty content-length', [...base, 'content-length', ''], false],
      ['content-length beyond 15 digits', [...base, 'content-length', '1000000000000000'], false],
      ['a content-length of a request that has ended', [...base, 'content-length', '1']],
      ['CONNECT with :path', [...connect, ':path', '/']],
      ['CONNECT with :scheme', [...connect, ':scheme', 'http']],
      ['CONNECT without :authority', [':method', 'CONNECT', 'host', 'a']],
      ['CONNECT with :protocol and nothing else', [...connect, ':protocol', 'websocket'], false],
      ['extended CONNECT without :authority', [...without(':authority', webSocket), 'host', 'a'], false],
      ['extended CONNECT that has ended', webSocket],
      ['extended CONNECT to *', webSocket.map((text) => (text === '/chat' ? '*' : text)), false],
      [':protocol without CONNECT', [...base, ':protocol', 'websocket'], false],
      [':protocol with a blank', webSocket.map((text) => (text === 'websocket' ? 'a b' : text)), false],
    ];
  for (const [what, fields, endOfStream] of malformed)
    it(`refuses ${what}`, () => {
      assert.equal(read(fields, endOfStream), violation);
    });

  const taken: ReadonlyArray<
    readonly [what: string, fields: readonly string[], part: Partial<RequestHead>, endOfStream?: boolean]
  > = [
    ['a request', base, { method: 'GET', target: '/', authority: 'a', scheme: 'http', bodyLength: 0 }],
    ['https without TLS', withPseudo(':scheme', 'https'), { scheme: 'http' }],
    ['another scheme as http', withPseudo(':scheme', 'coap+ws'), { scheme: 'http' }],
    ['an unknown method', withPseudo(':method', 'PURGE'), { method: 'PURGE' }],
    ['OPTIONS *', [':method', 'OPTIONS', ...withPseudo(':path', '*').slice(2)], { target: '*' }],
    ['host for :authority', [...without(':authority'), 'host', 'b:80'], { authority: 'b:80', headers: [] }],
    [':authority before host', [...base, 'host', 'b'], { authority: 'a', headers: [] }],
    ['an IPv6 address', withPseudo(':authority', '[::1]:80'), { authority: '[::1]:80' }],
    ['an IPv6 address without brackets', withPseudo(':authority', '::1'), { authority: '::1' }],
    ['te: Trailers', [...base, 'te', 'Trailers'], { headers: ['te', 'Trailers'] }],
    [
      'crumbs of a cookie',
      [...base, 'cookie', 'a=1', 'x', 'y', 'cookie', 'b=2'],
      { headers: ['cookie', 'a=1; b=2', 'x', 'y'] },
    ],
    ['a length', [...base, 'content-length', '42'], { bodyLength: 42, headers: [] }, false],
    ['a length of 0 at the end', [...base, 'content-length', '0'], { bodyLength: 0 }],
    ['no length', base, { bodyLength: -1 }, false],
    ['CONNECT', connect, { method: 'CONNECT', target: 'a:443', authority: 'a:443', upgrade: undefined }],
    [
      'extended CONNECT',
      webSocket,
      { method: 'GET', target: '/chat', upgrade: 'websocket', bodyLength: 0 },
      false,
    ],
  ];
  for (const [what, fields, part, endOfStream] of taken)
    it(`takes ${what}`, () => {
      const head = read(fields, endOfStream);
      assert.ok(typeof head === 'object', String(head));
      assert.deepEqual({ ...head, ...part }, { ...head });
    });

  it('refuses a name with an underscore', () => {
    assert.equal(read([...base, 'x_y', '1']), 'http2.unexpected_underscore');
  });

  it('drops a name with an underscore', () => {
    assert.deepEqual(
      (read([...base, 'x_y', '1'], true, { dropsUnderscores: true }) as RequestHead).headers,
      [],
    );
  });

  it('notes that a request expects 100, and forgets it with the next one', () => {
    const fields = new RequestFields(defaultHttp2Limits, 'http');
    fields.read([...base, 'expect', '100-Continue'], false);
    assert.equal(fields.expectsContinue, true);
    fields.read(base, false);
    assert.equal(fields.expectsContinue, false);
  });

  it('refuses trailers with a pseudo field', () => {
    assert.equal(
      new RequestFields(defaultHttp2Limits, 'http').readTrailers(['x', '1', ':path', '/']),
      undefined,
    );
  });

  it('keeps of trailers what may be one', () => {
    const trailers = new RequestFields(defaultHttp2Limits, 'http').readTrailers([
      'x',
      '1',
      'host',
      'b',
      'x_y',
      '2',
    ]);
    assert.deepEqual(trailers, ['x', '1']);
  });
});
