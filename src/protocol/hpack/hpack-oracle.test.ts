// Our codec and that of node:http2 (nghttp2) read what the other one wrote.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { NodeH2Client } from '../../../test/helpers/node-h2-client.ts';
import { HpackDecoder, HpackResult } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';

const wide = { maxBytes: 1 << 20, maxFields: 1000 };
const tableBytes = 4096;
const request = [':method', 'GET', ':scheme', 'https', ':authority', 'a.example', ':path', '/'];

/** Few names and values that come again, so that the table is used; others that fill it. */
const name = fc.oneof(
  fc.constantFrom('x-a', 'x-b', 'x-c', 'accept', 'cookie', 'via', 'vary', 'link'),
  fc
    .string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789_-.~'), maxLength: 30 })
    .map((text) => `x-${text}`),
);
const ascii = fc.string({ minLength: 1, maxLength: 120 }).filter((text) => text === text.trim());
const octets = fc
  .array(
    fc.integer({ min: 0x21, max: 0xff }).filter((octet) => octet !== 0x7f),
    { maxLength: 40 },
  )
  .map((codes) => Buffer.from(codes).toString('latin1'));
const value = fc.oneof(fc.constantFrom('', 'a', 'gzip', 'application/json', 'b'.repeat(1000)), ascii, octets);
const blocks = fc.array(fc.array(fc.tuple(name, value), { maxLength: 25 }), {
  minLength: 1,
  maxLength: 12,
});

describe('HpackDecoder beside node:http2', () => {
  let client: NodeH2Client;
  before(async () => {
    client = await NodeH2Client.connect();
  });
  after(() => client.close());
  // All of the client's blocks go through one decoder, in their order.
  const decoder = new HpackDecoder(tableBytes);

  async function check(fields: readonly string[]): Promise<void> {
    const block = await client.encode(fields);
    assert.equal(decoder.decode(block, 0, block.length, wide), HpackResult.OK);
    assert.deepEqual(decoder.fields, fields);
  }

  test('reads the Huffman code of every octet that a value may have', async () => {
    for (let octet = 0x20; octet < 0x100; octet++) {
      if (octet === 0x7f) continue;
      const value = `${'a'.repeat(20)}${String.fromCharCode(octet)}${'a'.repeat(20)}`;
      await check([...request, 'x-octet', value, 'x-tab', `${'a'.repeat(20)}\t${octet}`]);
    }
  });

  test('reads blocks that share a table', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, async (lists) => {
        for (const pairs of lists) await check([...request, ...pairs.flat()]);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  test('reads a block that comes in several frames', async () => {
    await check([...request, ...Array.from({ length: 60 }, (_, i) => ['x-long', `${i}`.repeat(500)]).flat()]);
  });
});

describe('HpackEncoder beside node:http2', () => {
  const encoder = new HpackEncoder();

  function encode(status: number, fields: readonly string[]): Buffer {
    const into = Buffer.alloc(encoder.maxEncodedBytes(fields));
    let at = encoder.encodeStatus(status, into, 0);
    for (let i = 0; i < fields.length; i += 2)
      at = encoder.encodeField(fields[i] as string, fields[i + 1] as string, into, at);
    return into.subarray(0, at);
  }

  test('writes blocks that node:http2 reads', async () => {
    const client = await NodeH2Client.connect();
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(name, value), { maxLength: 25 }),
          fc.integer({ min: 200, max: 599 }),
          async (pairs, status) => {
            await client.encode(request);
            assert.deepEqual(await client.decode(encode(status, pairs.flat())), [
              ':status',
              String(status),
              ...pairs.flat(),
            ]);
          },
        ),
        { numRuns: 60, endOnFailure: true },
      );
    } finally {
      await client.close();
    }
  });

  test('gives up a table that node:http2 made smaller', async () => {
    const client = await NodeH2Client.connect({ headerTableSize: 100 });
    try {
      encoder.setMaxTableBytes(100);
      for (const status of [200, 503]) {
        await client.encode(request);
        assert.deepEqual(await client.decode(encode(status, ['x-a', 'b'])), [
          ':status',
          String(status),
          'x-a',
          'b',
        ]);
      }
    } finally {
      await client.close();
    }
  });
});
