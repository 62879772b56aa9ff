import fc from 'fast-check';
import { changed, mostly } from './changes.ts';

/** Request lines, fields and bodies that have divided parsers before, and ordinary ones. Text is latin1. */
const methods = [
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'DELETE',
  'PATCH',
  'M-SEARCH',
  'SOURCE',
  'TRACE',
];
const oddMethods = [
  'CONNECT',
  'get',
  'PRI',
  'G3T',
  '',
  'GET\t',
  'QUERY',
  '\x00',
  'GETGETGETGETGETGETGETGETGET',
];
const targets = [
  '/',
  '/a/b?c=d',
  'http://b.example/x',
  'HTTPS://b.example:8443',
  'http://b?q',
  '/%00',
  '/a#b',
  '/"<>\\^`{|}',
];
const oddTargets = [
  '*',
  '',
  'a',
  'b:80',
  'http://',
  'http://u@b/',
  'ftp://b/',
  '//b/c',
  '/\x80',
  '/\xff',
  '/a\tb',
  '/\x0b',
  'http://[::1]/',
  'http:/b',
];
const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'];
const oddVersions = [
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTP/11',
  'ICE/1.0',
  'RTSP/1.0',
  '',
];
const hosts = ['a.example', 'a.example:80', '[::1]:8080', '127.0.0.1', 'a_b', 'a%41'];
const oddHosts = ['', 'a@b', 'a b', 'a,b', 'a:x', '[::g]', 'a/b', 'a:65536'];
const ordinaryFields = [
  'Accept: */*',
  'User-Agent: x/1.0 (y; z)',
  'X-Empty:',
  'X-Blank: \t ',
  'X-Odd: \xe9"\\,;=',
  'Cookie: a=b; c=d',
  'x_under: 1',
  'TE: trailers, gzip',
  'Keep-Alive: timeout=5',
  'Connection: keep-alive',
  'Connection: close',
  'Connection: x-empty, TE',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'Connection: upgrade',
  'Upgrade: h2c',
  "!#$%&'*+-.^_`|~9: a",
];
const oddFields = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: 05',
  'Content-Length: +5',
  'Content-Length: 5,5',
  'Content-Length: 5 ',
  'Content-Length:\t5\t',
  'Content-Length: 0x5',
  'Content-Length:',
  'Content-Length: 18446744073709551616',
  'Content-Length : 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: CHUNKED',
  'Transfer-Encoding:chunked ',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:',
  'Host: b.example',
  'X: a\r\n b',
  'X: a\n',
  'X: a\rb',
  'X: a\x00b',
  'X\x00: a',
  'X',
  ': a',
  ' X: a',
  'X(: a',
  'Connection: host, content-length, transfer-encoding',
  'Expect: other',
];
const contents = ['', 'hello', 'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n', '0\r\n\r\n', '\r\n'];
const extensions = ['', '', '', ';a', ';a=b', ';a="b;\\"c"', ';a;b=c'];
const oddExtensions = [
  ';',
  ' ;a',
  ';a=',
  ';a="',
  '; a=b',
  ';a =b',
  ';a\rb',
  ';a\nb',
  ';a="\x00"',
  ';\x80',
  ' ',
  '\t',
];
const trailers = ['', '', 'X-T: 1\r\n', 'X-T: 1\r\nGrpc-Status: 0\r\n', 'Host: a\r\nX-T:\r\n'];
const oddTrailers = [
  'Content-Length: 5\r\n',
  'X: a\r\n b\r\n',
  'X : a\r\n',
  'Transfer-Encoding: x\r\n',
  'X\n',
];
const glue = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '0',
  '1',
  'f',
  '\x80',
  '\xff',
  '0\r\n\r\n',
  '\r\n\r\n',
  'chunked',
  'Content-Length: 1\r\n',
  'Transfer-Encoding: chunked\r\n',
];

const head: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    mostly(methods, oddMethods),
    mostly(targets, oddTargets),
    mostly(versions, oddVersions),
    mostly(hosts, oddHosts),
    fc.array(mostly(ordinaryFields, oddFields), { maxLength: 4 }),
  )
  .map(([method, target, version, host, fields]) => [
    `${method} ${target} ${version}`,
    `Host: ${host}`,
    ...fields,
  ]);

const chunk: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...contents.slice(1)),
    mostly(extensions, oddExtensions),
    fc.constantFrom('', '', '0', '00'),
  )
  .map(
    ([content, extension, zeros]) => `${zeros}${content.length.toString(16)}${extension}\r\n${content}\r\n`,
  );

/** The framing field and the bytes of a body. */
const body: fc.Arbitrary<readonly [field: string, bytes: string]> = fc.oneof(
  fc.constant(['', ''] as const),
  fc.constantFrom(...contents).map((content) => [`Content-Length: ${content.length}\r\n`, content] as const),
  fc
    .tuple(
      fc.array(chunk, { maxLength: 3 }),
      mostly(extensions, oddExtensions),
      mostly(trailers, oddTrailers),
    )
    .map(
      ([chunks, extension, fields]) =>
        ['Transfer-Encoding: chunked\r\n', `${chunks.join('')}0${extension}\r\n${fields}\r\n`] as const,
    ),
);

const message: fc.Arbitrary<string> = fc
  .tuple(head, body)
  .map(([lines, [field, bytes]]) => `${lines.join('\r\n')}\r\n${field}\r\n${bytes}`);

/** Streams of a few requests, about half of them with a few bytes changed. */
export function requestStreams(corpus: readonly string[]): fc.Arbitrary<string> {
  const stream = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(message, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
    },
    // Fields that were there before are not read again: a change in one of the heads must be seen all the same.
    {
      weight: 3,
      arbitrary: fc
        .tuple(message, message, fc.integer({ min: 2, max: 4 }))
        .map(([first, last, times]) => first.repeat(times) + last + first),
    },
    { weight: 2, arbitrary: fc.constantFrom(...corpus) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.constantFrom(...glue, ...ordinaryFields, 'GET / HTTP/1.1\r\n'), { maxLength: 12 })
        .map((parts) => parts.join('')),
    },
  );
  return changed(stream, glue);
}
