// Blocks as nobody writes them: whatever they are, the decoder comes to an end, within its limits and with its table in
// step.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hpackInteger, hpackString } from '../../../test/helpers/raw-h2.ts';
import { isFieldName, isFieldValue } from './field-syntax.ts';
import type { FieldLimits } from './hpack-decoder.ts';
import { HpackDecoder, HpackResult } from './hpack-decoder.ts';

const wide: FieldLimits = { maxBytes: 1 << 20, maxFields: 10_000 };
const narrow: FieldLimits = { maxBytes: 40, maxFields: 3 };
const tableBytes = 300;

const string = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('', 'a', 'x-abc', 'v'.repeat(200), 'v'.repeat(400)).map(hpackString),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }).map(hpackString) },
  // Huffman code of RFC 7541 C.4, and any other octets in its place.
  { weight: 4, arbitrary: fc.constantFrom('86a8eb10649cbf', '8825a849e95ba97d7f').map(octetsOf) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map(huffmanString) },
);
const index = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 61 }) },
  { weight: 3, arbitrary: fc.constant(62) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70 }) },
);
const representation = fc.oneof(
  index.map((index) => hpackInteger(index, 7, 0x80)),
  fc.tuple(string, string).map(([name, value]) => Buffer.concat([Buffer.of(0x40), name, value])),
  fc.tuple(index, string).map(([index, value]) => Buffer.concat([hpackInteger(index, 6, 0x40), value])),
  fc.tuple(index, string).map(([index, value]) => Buffer.concat([hpackInteger(index, 4), value])),
);
const sizeUpdate = fc
  .integer({ min: 0, max: Math.floor(tableBytes * 1.1) })
  .map((size) => hpackInteger(size, 5, 0x20));
const block = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.array(sizeUpdate, { maxLength: 1 }), fc.array(representation, { maxLength: 8 }))
      .map(([updates, fields]) => Buffer.concat([...updates, ...fields])),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets)) },
);

function octetsOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function huffmanString(octets: Uint8Array): Buffer {
  return Buffer.concat([hpackInteger(octets.length, 7, 0x80), octets]);
}

function decode(decoder: HpackDecoder, octets: Buffer, limits: FieldLimits): number {
  const result = decoder.decode(octets, 0, octets.length, limits);
  const { fields } = decoder;
  assert.ok(fields.length <= limits.maxFields * 2);
  assert.ok(fields.join('').length <= Math.min(limits.maxBytes, decoder.bytes));
  if (result === HpackResult.OK) assert.equal(fields.join('').length, decoder.bytes);
  for (const [i, text] of fields.entries()) {
    const octets = Buffer.from(text, 'latin1');
    assert.ok((i % 2 === 0 ? isFieldName : isFieldValue)(octets, 0, octets.length));
  }
  return result;
}

/** What the table has, which decoding it does not change; malformed entries show in the result alone. */
function tableOf(decoder: HpackDecoder): unknown[] {
  const entries: unknown[] = [];
  for (let index = 62; ; index++) {
    const result = decode(decoder, hpackInteger(index, 7, 0x80), wide);
    if (result === HpackResult.FAILED) return entries;
    entries.push([result, decoder.fields, decoder.bytes]);
  }
}

describe('HpackDecoder with blocks that nobody writes', () => {
  test('has the same table whatever the limits', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        const [one, other] = [new HpackDecoder(tableBytes), new HpackDecoder(tableBytes)];
        for (const octets of blocks) {
          const isFailed = decode(one, octets, wide) === HpackResult.FAILED;
          assert.equal(decode(other, octets, narrow) === HpackResult.FAILED, isFailed);
          assert.equal(one.bytes, other.bytes);
          if (isFailed) return;
          assert.deepEqual(tableOf(one), tableOf(other));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
