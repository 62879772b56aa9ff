import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HuffmanDecoder } from './huffman-decoder.ts';

const noLimit = 1 << 20;

/** The octets of a string of bits, filled up with ones. */
function octetsOf(bits: string): Buffer {
  const filled = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from((filled.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)));
}

/** The string, or undefined if it is none. */
function decode(source: Buffer, limit = noLimit): string | undefined {
  const decoder = new HuffmanDecoder();
  if (!decoder.decode(source, 0, source.length, limit)) return undefined;
  return decoder.octets.toString('latin1', 0, Math.min(decoder.length, limit));
}

/** Strings of RFC 7541 appendix C. */
const strings: ReadonlyArray<readonly [hex: string, text: string]> = [
  ['', ''],
  ['f1e3c2e5f23a6ba0ab90f4ff', 'www.example.com'],
  ['a8eb10649cbf', 'no-cache'],
  ['25a849e95ba97d7f', 'custom-key'],
  ['25a849e95bb8e8b4bf', 'custom-value'],
  ['6402', '302'],
  ['640eff', '307'],
  ['aec3771a4b', 'private'],
  ['d07abe941054d444a8200595040b8166e082a62d1bff', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ['9d29ad171863c78f0b97c8e9ae82ae43d3', 'https://www.example.com'],
  ['9bd9ab', 'gzip'],
  [
    '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

/** Codes of appendix B that are longer than a window. */
const longCodes: ReadonlyArray<readonly [octet: number, code: number, bits: number]> = [
  [0x00, 0x1ff8, 13],
  [0x01, 0x7fffd8, 23],
  [0x09, 0xffffea, 24],
  [0x0a, 0x3ffffffc, 30],
  [0x0d, 0x3ffffffd, 30],
  [0x16, 0x3ffffffe, 30],
  [0x5c, 0x7fff0, 19],
  [0x7f, 0xffffffc, 28],
  [0xff, 0x3ffffee, 26],
];

const bad: ReadonlyArray<readonly [what: string, octets: Buffer]> = [
  ['padding of eight bits', Buffer.of(0xff)],
  ['padding of eight bits behind an octet', octetsOf('00011'.padEnd(16, '1'))],
  ['padding of zeros', octetsOf('00011000')],
  ['padding with a zero at its end', octetsOf('00011110')],
  ['a code cut short', octetsOf('0001111111110000')],
  ['EOS', octetsOf('1'.repeat(30))],
  ['EOS between octets', octetsOf(`00011${'1'.repeat(30)}00011`)],
  ['a long code that goes on behind the end', octetsOf(`${'1'.repeat(28)}0000`)],
];

describe('HuffmanDecoder', () => {
  for (const [hex, text] of strings)
    test(`decodes ${JSON.stringify(text)}`, () => assert.equal(decode(Buffer.from(hex, 'hex')), text));

  for (const [octet, code, bits] of longCodes)
    test(`decodes octet 0x${octet.toString(16)} among others`, () => {
      const source = octetsOf(`00011${code.toString(2).padStart(bits, '0')}00011`);
      assert.equal(decode(source), `a${String.fromCharCode(octet)}a`);
    });

  for (const [what, octets] of bad) test(`refuses ${what}`, () => assert.equal(decode(octets), undefined));

  test('says whether there may be other octets than visible ASCII', () => {
    const decoder = new HuffmanDecoder();
    decoder.decode(octetsOf(`00011${(0xffffea).toString(2)}`), 0, 4, noLimit);
    assert.equal(decoder.hasRareOctets, true);
    decoder.decode(octetsOf('00011'), 0, 1, noLimit);
    assert.equal(decoder.hasRareOctets, false);
  });

  test('reads no octet behind the end', () => {
    const decoder = new HuffmanDecoder();
    const source = Buffer.concat([Buffer.of(0xff), octetsOf('00011'), Buffer.of(0x18)]);
    assert.equal(decoder.decode(source, 1, 2, noLimit), true);
    assert.equal(decoder.octets.toString('latin1', 0, decoder.length), 'a');
  });

  test('counts what goes beyond the limit', () => {
    const decoder = new HuffmanDecoder();
    const source = octetsOf('00011'.repeat(100_000));
    assert.equal(decoder.decode(source, 0, source.length, 5), true);
    assert.equal(decoder.length, 100_000);
    assert.equal(decoder.octets.toString('latin1', 0, 5), 'aaaaa');
    assert.ok(decoder.octets.length < 2000);
  });

  test('makes room for a long string', () => {
    const source = octetsOf('00011'.repeat(100_000));
    assert.equal(decode(source), 'a'.repeat(100_000));
  });
});
