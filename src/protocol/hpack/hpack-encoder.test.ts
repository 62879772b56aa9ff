import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HpackDecoder, HpackResult } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import { staticTable } from './static-table.ts';

const wide = { maxBytes: 1 << 20, maxFields: 1000 };

/** The octets of a field, as hexadecimal digits. */
function encodeField(name: string, value: string): string {
  const into = Buffer.alloc(1000);
  return into.toString('hex', 0, new HpackEncoder().encodeField(name, value, into, 0));
}

function encodeStatus(status: number): string {
  const into = Buffer.alloc(10);
  return into.toString('hex', 0, new HpackEncoder().encodeStatus(status, into, 0));
}

function hexOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

/** A block of a status and fields in as much room as the encoder asks for. */
function encodeBlock(encoder: HpackEncoder, status: number, fields: readonly string[]): Buffer {
  const into = Buffer.alloc(encoder.maxEncodedBytes(fields));
  let at = encoder.encodeStatus(status, into, 0);
  for (let i = 0; i < fields.length; i += 2)
    at = encoder.encodeField(fields[i] as string, fields[i + 1] as string, into, at);
  return into.subarray(0, at);
}

const knownFields: ReadonlyArray<readonly [name: string, value: string, octets: string]> = [
  [':method', 'GET', '82'],
  [':method', 'POST', '83'],
  [':path', '/', '84'],
  [':scheme', 'https', '87'],
  [':method', 'PUT', `0203${hexOf('PUT')}`],
  [':path', '/a', `0402${hexOf('/a')}`],
];

const statuses: ReadonlyArray<readonly [status: number, octets: string]> = [
  [200, '88'],
  [204, '89'],
  [206, '8a'],
  [304, '8b'],
  [400, '8c'],
  [404, '8d'],
  [500, '8e'],
  [103, `0803${hexOf('103')}`],
  [503, `0803${hexOf('503')}`],
];

const fields: ReadonlyArray<readonly [what: string, name: string, value: string, octets: string]> = [
  ['a name of a low index', ':path', '/', '04012f'],
  ['the first name with a second octet', 'accept-charset', 'a', '0f000161'],
  ['a name of a high index', 'server', 'envoy', `0f2705${hexOf('envoy')}`],
  ['a name in no table', 'x-a', 'bc', `0003${hexOf('x-a')}02${hexOf('bc')}`],
  ['an empty value', 'age', '', '0f0600'],
  ['octets above 0x7f', 'age', '\x80\xff', '0f060280ff'],
  ['a value of 126 octets', 'age', 'v'.repeat(126), `0f067e${hexOf('v'.repeat(126))}`],
  ['a value of 127 octets', 'age', 'v'.repeat(127), `0f067f00${hexOf('v'.repeat(127))}`],
  ['a value of 300 octets', 'age', 'v'.repeat(300), `0f067fad01${hexOf('v'.repeat(300))}`],
  ['authorization, not to be indexed', 'authorization', 'a', '1f080161'],
  ['a cookie, not to be indexed', 'cookie', 'a', '1f110161'],
  ['a new cookie, not to be indexed', 'set-cookie', 'a', '1f280161'],
];

const leftOut: ReadonlyArray<readonly [what: string, name: string, value: string]> = [
  ['LF in the value', 'age', 'a\nb: c'],
  ['CR in the value', 'age', 'a\rb'],
  ['NUL in the value', 'age', 'a\0b'],
  ['LF in a long value', 'age', `${'a'.repeat(100)}\n`],
  ['a char that ends as LF', 'age', 'a\u010ab'],
  ['blanks around the value', 'age', ' a'],
  ['an empty name', '', 'a'],
  ['an upper-case letter in the name', 'Age', 'a'],
  ['LF in the name', 'a\nb', 'a'],
];

const tokenChar = fc.constantFrom(..."!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");
const name = fc.oneof(
  fc.constantFrom(...staticTable.map((entry) => entry.name)),
  fc.string({ unit: tokenChar, minLength: 1, maxLength: 200 }),
);
const valueChar = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f);
const value = fc.array(valueChar, { maxLength: 300 }).map((codes) => Buffer.from(codes).toString('latin1'));

describe('HpackEncoder', () => {
  for (const [name, value, octets] of knownFields)
    test(`writes ${name}: ${value} as a field that the static table may have`, () => {
      const into = Buffer.alloc(100);
      const end = new HpackEncoder().encodeKnown(name, value, into, 0);
      assert.equal(into.toString('hex', 0, end), octets);
    });

  for (const [status, octets] of statuses)
    test(`encodes status ${status}`, () => assert.equal(encodeStatus(status), octets));

  for (const [what, name, value, octets] of fields)
    test(`encodes ${what}`, () => assert.equal(encodeField(name, value), octets));

  for (const [what, name, value] of leftOut)
    test(`leaves out a field with ${what}`, () => assert.equal(encodeField(name, value), ''));

  test('says nothing about a table that becomes larger', () => {
    const encoder = new HpackEncoder();
    encoder.setMaxTableBytes(65_536);
    assert.equal(encodeBlock(encoder, 200, []).toString('hex'), '88');
  });

  for (const bytes of [0, 100, 4095])
    test(`gives the table up once in the next block when it shrinks to ${bytes}`, () => {
      const encoder = new HpackEncoder();
      encoder.setMaxTableBytes(bytes);
      encoder.setMaxTableBytes(8192);
      assert.equal(encodeBlock(encoder, 200, []).toString('hex'), '2088');
      assert.equal(encodeBlock(encoder, 200, []).toString('hex'), '88');
    });

  test('gives the table up in a block without a status', () => {
    const encoder = new HpackEncoder();
    const into = Buffer.alloc(100);
    encoder.setMaxTableBytes(0);
    assert.equal(into.toString('hex', 0, encoder.encodeField('age', '1', into, 0)), '200f060131');
  });

  test('writes what the decoder reads, in the room it asked for', () => {
    const decoder = new HpackDecoder(4096);
    const encoder = new HpackEncoder();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 20 }),
        fc.integer({ min: 100, max: 599 }),
        (pairs, status) => {
          const block = encodeBlock(encoder, status, pairs.flat());
          assert.equal(decoder.decode(block, 0, block.length, wide), HpackResult.OK);
          assert.deepEqual(decoder.fields, [':status', String(status), ...pairs.flat()]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
