import fc from 'fast-check';
import { frame, frameFlag, frameType, hpackInteger, hpackString } from '../helpers/raw-h2.ts';
import { changed, mostly } from './changes.ts';

/** Fields and frames that have divided parsers before, and ordinary ones. Octets are latin1 text. */
type Field = readonly [name: string, value: string];

const methods = ['GET', 'POST', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'];
const oddMethods = ['CONNECT', 'get', 'G T', '', 'QUERY', 'GET\r\n', 'PRI'];
const paths = ['/', '/a/b?c=d', '/%00', '/a#b', '/"<>\\^`{|}'];
const oddPaths = ['*', '', 'a', 'http://b/', '/a b', '/\x80', '/a\tb', '/\0', '/ HTTP/1.1\r\nx: y'];
const authorities = ['a.example', 'a.example:80', '[::1]:8080', '127.0.0.1', 'a_b'];
const oddAuthorities = ['', 'u@a', 'a b', 'a,b', 'a:x', 'a/b', 'a\r\nx: y', '::1'];
const schemes = ['http', 'http', 'https'];
const oddSchemes = ['', 'ftp', '1', 'HTTP'];
const ordinaryFields: readonly Field[] = [
  ['accept', '*/*'],
  ['user-agent', 'x/1.0 (y; z)'],
  ['x-empty', ''],
  ['x-odd', '\xe9"\\,;='],
  ['cookie', 'a=b'],
  ['cookie', 'c=d'],
  ['x_under', '1'],
  ['te', 'trailers'],
  ['expect', '100-continue'],
  ["!#$%&'*+-.^_`|~9", 'a'],
];
const oddFields: readonly Field[] = [
  ['content-length', '5'],
  ['content-length', '05'],
  ['content-length', '+5'],
  ['content-length', '5,5'],
  ['content-length', ''],
  ['content-length', '18446744073709551616'],
  ['transfer-encoding', 'chunked'],
  ['connection', 'close'],
  ['keep-alive', '1'],
  ['proxy-connection', 'x'],
  ['upgrade', 'websocket'],
  ['te', 'gzip'],
  ['te', 'Trailers'],
  ['host', 'b.example'],
  ['host', ''],
  [':path', '/late'],
  [':unknown', 'x'],
  [':protocol', 'websocket'],
  [':status', '200'],
  ['X-Upper', 'a'],
  ['x', 'a\r\ny: b'],
  ['x', 'a\0'],
  ['x', ' a'],
  ['x', 'a '],
  ['x', '\x7f'],
  ['', 'a'],
  ['x y', 'a'],
  ['x:', 'a'],
  ['x\x80', 'a'],
];
const trailerFields: readonly Field[] = [
  ['x-t', '1'],
  ['grpc-status', '0'],
];
const oddTrailers: readonly Field[] = [
  ['content-length', '1'],
  [':path', '/'],
  ['host', 'a'],
  ['X-T', '1'],
];
const contents = ['', 'hello', 'hello', 'GET / HTTP/1.1\r\n\r\n', 'x'.repeat(300)];
/** Whole representations of fields (RFC 7541 §6): static ones, Huffman code, the dynamic table, its size. */
const representations = [
  '\x82',
  '\x84',
  '\x86',
  '\x90',
  '\xbe',
  '\xc1',
  '\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff',
  '\x20',
  '\x3f\xe1\x1f',
];
const glue = [
  '\0',
  '\x01',
  '\x04',
  '\x05',
  '\x08',
  '\x7f',
  '\x80',
  '\xff',
  '\0\0\0\0',
  '\r\n',
  ...representations,
];

const text = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
const toFrame = (type: number, flags: number, id: number, payload: string): string =>
  text(frame(type, flags, id, payload));
const uint32 = (value: number): string =>
  String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

/** A literal: kept in the table, not kept, never to be kept. */
const literal = fc.constantFrom(0x40, 0x40, 0, 0x10);

const representation = (field: fc.Arbitrary<Field>): fc.Arbitrary<string> =>
  fc
    .tuple(field, literal)
    .map(([[name, value], first]) =>
      text(Buffer.concat([hpackInteger(0, 4, first), hpackString(name), hpackString(value)])),
    );

const pseudo = (name: string, ordinary: readonly string[], odd: readonly string[]): fc.Arbitrary<string> =>
  representation(mostly(ordinary, odd).map((value): Field => [name, value]));

const requestFields: fc.Arbitrary<string> = fc
  .tuple(
    pseudo(':method', methods, oddMethods),
    pseudo(':scheme', schemes, oddSchemes),
    pseudo(':path', paths, oddPaths),
    fc.oneof(
      { weight: 8, arbitrary: pseudo(':authority', authorities, oddAuthorities) },
      { weight: 1, arbitrary: pseudo('host', authorities, oddAuthorities) },
    ),
    fc.array(representation(mostly(ordinaryFields, oddFields)), { maxLength: 4 }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom(...representations) },
    ),
  )
  .map(
    ([method, scheme, path, authority, fields, extra]) =>
      method + scheme + path + authority + fields.join('') + extra,
  );

/** Frames that go with a stream, once its number is known. */
type Frames = (id: number) => readonly string[];

/** How HEADERS are cut and filled up. */
const dress = fc.constantFrom('plain', 'plain', 'padded', 'priority', 'cut');

function toHeaders(block: string, how: string, flags: number, id: number): string {
  const { padded, priority, endHeaders } = frameFlag;
  const all = flags | endHeaders;
  if (how === 'padded') return toFrame(frameType.headers, all | padded, id, `\x02${block}\0\0`);
  if (how === 'priority') return toFrame(frameType.headers, all | priority, id, `\0\0\0\0\x10${block}`);
  if (how === 'plain') return toFrame(frameType.headers, all, id, block);
  const at = block.length >> 1;
  return (
    toFrame(frameType.headers, flags, id, block.slice(0, at)) +
    toFrame(frameType.continuation, endHeaders, id, block.slice(at))
  );
}

const dataFrame: fc.Arbitrary<(id: number, end: number) => string> = fc
  .tuple(fc.constantFrom(...contents), fc.boolean())
  .map(
    ([content, isPadded]) =>
      (id, end) =>
        isPadded
          ? toFrame(frameType.data, end | frameFlag.padded, id, `\x01${content}\0`)
          : toFrame(frameType.data, end, id, content),
  );

/** Frames that concern no body. */
const controlFrame: fc.Arbitrary<(id: number) => string> = fc.oneof(
  fc.constantFrom(
    () => toFrame(frameType.ping, 0, 0, '12345678'),
    () => text(frame(frameType.settings, 0, 0)),
    () => toFrame(frameType.windowUpdate, 0, 0, uint32(1000)),
    () => toFrame(0xbe, 0, 0, 'unknown'),
    (id: number) => toFrame(frameType.windowUpdate, 0, id, uint32(1000)),
    (id: number) => toFrame(frameType.priority, 0, id, `${uint32(0)}\x10`),
    (id: number) => toFrame(0xbe, 0xff, id, ''),
  ),
);
const oddFrame: fc.Arbitrary<(id: number) => string> = fc
  .tuple(
    fc.nat(10),
    fc.nat(255),
    fc.nat(3),
    fc.constantFrom('', '\0', uint32(0), uint32(8), uint32(0x7fffffff), '12345678'),
  )
  .map(
    ([type, flags, back, payload]) =>
      (id) =>
        toFrame(type, flags, back === 3 ? 0 : Math.max(0, id - back), payload),
  );

const message: fc.Arbitrary<Frames> = fc
  .record({
    fields: requestFields,
    how: dress,
    body: fc.array(dataFrame, { maxLength: 3 }),
    trailers: fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      {
        weight: 1,
        arbitrary: fc
          .array(representation(mostly(trailerFields, oddTrailers)), { minLength: 1, maxLength: 2 })
          .map((list) => list.join('')),
      },
    ),
    between: fc.oneof(
      { weight: 6, arbitrary: fc.constant(() => '') },
      { weight: 3, arbitrary: controlFrame },
      { weight: 1, arbitrary: oddFrame },
    ),
    reset: fc.constantFrom(false, false, false, false, true),
  })
  .map(({ fields, how, body, trailers, between, reset }) => (id) => {
    const { endStream } = frameFlag;
    const endsWithHead = body.length === 0 && trailers === '';
    const frames = [toHeaders(fields, how, endsWithHead ? endStream : 0, id)];
    for (const [i, make] of body.entries())
      frames.push(make(id, i === body.length - 1 && trailers === '' ? endStream : 0));
    if (trailers !== '') frames.push(toHeaders(trailers, 'plain', endStream, id));
    frames.splice(1, 0, between(id));
    if (reset) frames.push(toFrame(frameType.rstStream, 0, id, uint32(8)));
    return frames;
  });

/** Connections of one to three requests behind the preface, one behind the other or mixed, half of them changed. */
export function connectionStreams(): fc.Arbitrary<string> {
  const connection = fc
    .tuple(fc.array(message, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([messages, isMixed]) => {
      const all = messages.map((toFrames, i) => toFrames(1 + 2 * i));
      if (!isMixed) return all.flat().join('');
      const longest = Math.max(...all.map(({ length }) => length));
      return Array.from({ length: longest }, (_, i) => all.map((frames) => frames[i] ?? '').join('')).join(
        '',
      );
    });
  return changed(connection, glue);
}
