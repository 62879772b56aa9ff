import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib';
import { once } from 'node:events';
import { unknownLength } from '../../../protocol/http/stream.ts';
import type { ResponseHead, ServerStreamHandler } from '../../../protocol/http/stream.ts';
import { FakeServerStream } from '../../pipeline/testing/fake-server-stream.ts';
import { chooseEncoding } from './choose-encoding.ts';
import { isCompressible } from './compressible.ts';
import { compressResponses } from './compressing-stream.ts';

const choices: ReadonlyArray<readonly [accept: string | undefined, expected: string | undefined]> = [
  [undefined, undefined],
  ['', undefined],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip,br', 'gzip'],
  ['br, gzip', 'br'],
  ['gzip;q=0.1,br;q=0.9', 'br'],
  ['gzip;q=0.9,br;q=0.1', 'gzip'],
  ['gzip;q=0', undefined],
  ['*', 'gzip'],
  ['*;q=0.5, br;q=0.4', 'gzip'],
  ['identity, gzip;q=0.5', undefined],
  ['gzip;q=nope, br;q=0.1', 'br'],
  ['GZIP ; Q=1.000', 'gzip'],
  ['deflate, zstd', undefined],
];

describe('chooseEncoding', () => {
  for (const [accept, expected] of choices) {
    test(`takes ${expected ?? 'nothing'} for ${accept}`, () => {
      assert.equal(chooseEncoding(accept), expected);
    });
  }
});

const json = ['content-type', 'application/json; charset=utf-8'];
const heads: ReadonlyArray<readonly [name: string, head: Partial<ResponseHead>, expected: boolean]> = [
  ['JSON', { headers: json }, true],
  ['no type', { headers: [] }, true],
  ['30 bytes', { bodyLength: 30 }, true],
  ['29 bytes', { bodyLength: 29 }, false],
  ['upper case', { headers: ['content-type', 'TEXT/HTML'] }, true],
  ['an image', { headers: ['content-type', 'image/png'] }, false],
  ['gRPC', { headers: ['content-type', 'application/grpc'] }, false],
  ['an encoded body', { headers: ['content-encoding', 'identity'] }, false],
  ['no-transform', { headers: ['cache-control', 'public, no-transform'] }, false],
  ['a tunnel', { status: 101 }, false],
  ['an error', { status: 500, headers: json }, true],
];

describe('isCompressible', () => {
  for (const [name, head, expected] of heads) {
    test(`is ${expected} for ${name}`, () => {
      assert.equal(
        isCompressible({ status: 200, headers: [], bodyLength: unknownLength, ...head }),
        expected,
      );
    });
  }
});

/** A codec's stream that keeps bytes. */
class ByteStream extends FakeServerStream {
  readonly chunks: Buffer[] = [];
  readonly ended: Promise<void>;
  #end: () => void = () => undefined;

  constructor(acceptEncoding?: string) {
    super({ headers: acceptEncoding === undefined ? [] : ['accept-encoding', acceptEncoding] });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  override sendData(chunk: Uint8Array): boolean {
    this.chunks.push(Buffer.from(chunk));
    return super.sendData(chunk);
  }

  override sendEnd(trailers?: string[]): void {
    super.sendEnd(trailers);
    this.#end();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

const text = 'a body that is worth compressing, '.repeat(40);

async function respond(accept: string | undefined, headers: string[]): Promise<ByteStream> {
  const codec = new ByteStream(accept);
  const stream = compressResponses(codec);
  stream.sendHead({ status: 200, headers, bodyLength: text.length }, false);
  stream.sendData(Buffer.from(text.slice(0, 500)));
  stream.sendData(Buffer.from(text.slice(500)));
  stream.sendEnd(['x-trailer', '1']);
  await codec.ended;
  return codec;
}

describe('compressResponses', () => {
  test('compresses with gzip', async () => {
    const codec = await respond('gzip', [...json, 'etag', '"strong"', 'vary', 'Origin']);
    assert.equal(gunzipSync(codec.bytes).toString(), text);
    assert.ok(codec.bytes.length < text.length);
    assert.deepEqual(codec.head?.headers, [
      ...json,
      'vary',
      'Origin, Accept-Encoding',
      'content-encoding',
      'gzip',
    ]);
    assert.equal(codec.head?.bodyLength, unknownLength);
    assert.deepEqual(codec.trailers, ['x-trailer', '1']);
  });

  test('compresses with brotli and keeps a weak etag', async () => {
    const codec = await respond('br', [...json, 'etag', 'W/"weak"']);
    assert.equal(brotliDecompressSync(codec.bytes).toString(), text);
    assert.ok(codec.head?.headers.includes('W/"weak"'));
  });

  test('says vary where the client wants no encoding, and sends the body as it is', async () => {
    const codec = await respond(undefined, [...json]);
    assert.equal(codec.bytes.toString(), text);
    assert.deepEqual(codec.head?.headers, [...json, 'vary', 'Accept-Encoding']);
    assert.equal(codec.head?.bodyLength, text.length);
  });

  test('leaves a response without body alone', () => {
    const codec = new ByteStream('gzip');
    compressResponses(codec).sendHead({ status: 204, headers: [], bodyLength: 0 }, true);
    assert.deepEqual(codec.head?.headers, []);
  });

  test('flushes every piece of a stream', async () => {
    const codec = new ByteStream('gzip');
    const stream = compressResponses(codec);
    const gunzip = createGunzip();
    codec.sendData = (chunk) => gunzip.write(chunk);
    stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    stream.sendData(Buffer.from('first'));
    const [chunk] = (await once(gunzip, 'data')) as [Buffer];
    assert.equal(chunk.toString(), 'first');
    stream.abort();
  });

  test('stops when the codec takes no more, and goes on when it drains', async () => {
    const codec = new ByteStream('gzip');
    const stream = compressResponses(codec);
    const body = Buffer.alloc(1 << 20);
    for (let i = 0; i < body.length; i++) body[i] = (i * 2_654_435_761) >>> 13;
    codec.takesMore = false;
    stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    assert.equal(stream.sendData(body), false);
    stream.sendEnd();
    while (codec.chunks.length === 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.equal(codec.isEnded, false);
    assert.equal(codec.chunks.length, 1);
    codec.takesMore = true;
    codec.handler.onDrain();
    await codec.ended;
    assert.deepEqual(gunzipSync(codec.bytes), body);
  });

  test('tells the gateway when the compressor drains', async () => {
    const codec = new ByteStream('gzip');
    const stream = compressResponses(codec);
    const drained = new Promise<void>((resolve) => {
      const handler: Partial<ServerStreamHandler> = { onDrain: resolve, onAbort: () => undefined };
      stream.handler = handler as ServerStreamHandler;
    });
    stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    assert.equal(stream.sendData(Buffer.alloc(1 << 18)), false);
    await drained;
    stream.abort();
  });

  test('sends nothing more after the client went away', async () => {
    const codec = new ByteStream('gzip');
    const stream = compressResponses(codec);
    const reasons: string[] = [];
    stream.handler = { ...codec.handler, onAbort: (reason) => reasons.push(reason) };
    stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
    stream.sendData(Buffer.from(text));
    codec.handler.onAbort('remote_disconnect');
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    assert.deepEqual(reasons, ['remote_disconnect']);
    assert.equal(codec.chunks.length, 0);
  });
});
