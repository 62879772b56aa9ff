import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BlockReader } from './block-reader.ts';

function readerOf(...octets: readonly number[]): BlockReader {
  const reader = new BlockReader();
  reader.reset(Buffer.from(octets), 0, octets.length);
  return reader;
}

/** RFC 7541 C.1, and where they end. */
const integers: ReadonlyArray<readonly [octets: readonly number[], prefix: number, value: number]> = [
  [[0x0a], 0x1f, 10],
  [[0xea], 0x1f, 10],
  [[0x1f, 0x9a, 0x0a], 0x1f, 1337],
  [[0x2a], 0xff, 42],
  [[0x1f, 0x00], 0x1f, 31],
  [[0x1f, 0x80, 0x80, 0x80, 0x00], 0x1f, 31],
  [[0x1f, 0xff, 0xff, 0xff, 0x7f], 0x1f, 31 + 2 ** 28 - 1],
];

const badIntegers: ReadonlyArray<readonly [what: string, octets: readonly number[]]> = [
  ['without its second octet', [0x1f]],
  ['without its last octet', [0x1f, 0x9a]],
  ['of more than 28 bits', [0x1f, 0xff, 0xff, 0xff, 0xff, 0x00]],
  ['with endless zeros', [0x1f, ...Buffer.alloc(1000, 0x80), 0]],
];

const badStrings: ReadonlyArray<readonly [what: string, octets: readonly number[]]> = [
  ['without its length', []],
  ['without the rest of its length', [0x7f]],
  ['longer than the block', [0x02, 0x61]],
  ['longer than the block, in Huffman code', [0x82, 0x1f]],
  ['of Huffman code with a wrong end', [0x81, 0x18]],
  ['as long as no block can be', [0x7f, 0xff, 0xff, 0xff, 0x7f, 0x61]],
];

describe('BlockReader', () => {
  for (const [octets, prefix, value] of integers)
    test(`reads ${Buffer.from(octets).toString('hex')} as ${value}`, () => {
      const reader = readerOf(...octets);
      assert.deepEqual([reader.readInteger(prefix), reader.at], [value, octets.length]);
    });

  for (const [what, octets] of badIntegers)
    test(`refuses an integer ${what}`, () => assert.equal(readerOf(...octets).readInteger(0x1f), -1));

  for (const [what, octets] of badStrings)
    test(`refuses a string ${what}`, () => assert.equal(readerOf(...octets).readString(100), false));

  test('reads a string as it is', () => {
    const reader = readerOf(0x02, 0x61, 0xe9, 0x62);
    assert.deepEqual([reader.readString(100), reader.text(), reader.at], [true, 'a\xe9', 3]);
  });

  test('reads a string of Huffman code', () => {
    const reader = readerOf(0x81, 0x1f, 0x62);
    assert.deepEqual([reader.readString(100), reader.text(), reader.at], [true, 'a', 2]);
  });

  test('stays within its part of the block', () => {
    const reader = new BlockReader();
    reader.reset(Buffer.of(0x00, 0x01, 0x61, 0x62), 1, 2);
    assert.equal(reader.readString(100), false);
  });
});
