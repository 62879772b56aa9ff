import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FieldLimits } from './hpack-decoder.ts';
import { HpackDecoder, HpackResult } from './hpack-decoder.ts';

const wide: FieldLimits = { maxBytes: 60 * 1024, maxFields: 100 };
const tableBytes = 4096;

/** Decodes a block written as octets in hexadecimal, with texts in quotes: `40 01 "a" 01 "b"`. */
function decode(decoder: HpackDecoder, block: string, limits: FieldLimits = wide): number {
  const octets = octetsOf(block);
  return decoder.decode(octets, 0, octets.length, limits);
}

function octetsOf(block: string): Buffer {
  const parts = block.match(/"[^"]*"|[0-9a-f]{2}/g) ?? [];
  return Buffer.concat(
    parts.map((part) =>
      part.startsWith('"') ? Buffer.from(part.slice(1, -1), 'latin1') : Buffer.from(part, 'hex'),
    ),
  );
}

/** A literal that goes into the table; texts are shorter than 127 octets. */
function indexed(name: string, value: string): string {
  return `40 ${lengthOf(name)} "${name}" ${lengthOf(value)} "${value}"`;
}

function lengthOf(text: string): string {
  return text.length.toString(16).padStart(2, '0');
}

const site = [':authority', 'www.example.com'];
const requests = [
  [':method', 'GET', ':scheme', 'http', ':path', '/', ...site],
  [':method', 'GET', ':scheme', 'http', ':path', '/', ...site, 'cache-control', 'no-cache'],
  [':method', 'GET', ':scheme', 'https', ':path', '/index.html', ...site, 'custom-key', 'custom-value'],
];
const [at21, at22] = ['Mon, 21 Oct 2013 20:13:21 GMT', 'Mon, 21 Oct 2013 20:13:22 GMT'];
const cookie = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const isPrivate = ['cache-control', 'private'];
const location = ['location', 'https://www.example.com'];
const encoding = ['content-encoding', 'gzip'];
const responses = [
  [':status', '302', ...isPrivate, 'date', at21, ...location],
  [':status', '307', ...isPrivate, 'date', at21, ...location],
  [':status', '200', ...isPrivate, 'date', at22, ...location, ...encoding, 'set-cookie', cookie],
];

/** RFC 7541 appendix C: blocks of one connection each, and the fields of each block. */
const examples: ReadonlyArray<{
  readonly name: string;
  readonly maxTableBytes: number;
  readonly blocks: readonly string[];
  readonly fields: readonly (readonly string[])[];
}> = [
  {
    name: 'C.2.1, a literal with indexing',
    maxTableBytes: tableBytes,
    blocks: ['40 0a "custom-key" 0d "custom-header"', 'be'],
    fields: [
      ['custom-key', 'custom-header'],
      ['custom-key', 'custom-header'],
    ],
  },
  {
    name: 'C.2.2, a literal without indexing',
    maxTableBytes: tableBytes,
    blocks: ['04 0c "/sample/path"'],
    fields: [[':path', '/sample/path']],
  },
  {
    name: 'C.2.3, a literal never indexed',
    maxTableBytes: tableBytes,
    blocks: ['10 08 "password" 06 "secret"'],
    fields: [['password', 'secret']],
  },
  {
    name: 'C.2.4, an indexed field',
    maxTableBytes: tableBytes,
    blocks: ['82'],
    fields: [[':method', 'GET']],
  },
  {
    name: 'C.3, requests without Huffman code',
    maxTableBytes: tableBytes,
    blocks: [
      '82 86 84 41 0f "www.example.com"',
      '82 86 84 be 58 08 "no-cache"',
      '82 87 85 bf 40 0a "custom-key" 0c "custom-value"',
    ],
    fields: requests,
  },
  {
    name: 'C.4, requests with Huffman code',
    maxTableBytes: tableBytes,
    blocks: [
      '828684418cf1e3c2e5f23a6ba0ab90f4ff',
      '828684be5886a8eb10649cbf',
      '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
    ],
    fields: requests,
  },
  {
    name: 'C.5, responses without Huffman code',
    maxTableBytes: 256,
    blocks: [
      `48 03 "302" 58 07 "private" 61 1d "${at21}" 6e 17 "https://www.example.com"`,
      '48 03 "307" c1 c0 bf',
      `88 c1 61 1d "${at22}" c0 5a 04 "gzip" 77 38 "${cookie}"`,
    ],
    fields: responses,
  },
  {
    name: 'C.6, responses with Huffman code',
    maxTableBytes: 256,
    blocks: [
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      '4883640effc1c0bf',
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
    ],
    fields: responses,
  },
];

const failures: ReadonlyArray<readonly [what: string, block: string]> = [
  ['index 0', '80'],
  ['an index behind an empty table', 'be'],
  ['an index behind the table', `${indexed('a', 'b')} bf`],
  ['an index without its second octet', 'ff'],
  ['an index of more than 28 bits', 'ff ff ff ff ff 0f'],
  ['a literal with the name of no entry', '7f 00 01 "a"'],
  ['a literal without anything', '40'],
  ['a literal without its index', '0f'],
  ['a literal without its value', '40 01 "a"'],
  ['a literal of an index without its value', '04'],
  ['a name longer than the block', '40 05 "a"'],
  ['a value longer than the block', '44 05 "/"'],
  ['Huffman code with EOS', '44 84 ff ff ff ff'],
  ['Huffman code with padding of eight bits', '44 82 1f ff'],
  ['Huffman code with padding of zeros', '44 81 18'],
  ['an update of the size above the maximum', '3f e2 1f'],
  ['an update of the size of more than 28 bits', '3f ff ff ff ff 0f'],
  ['an update of the size without its second octet', '3f'],
  ['an update of the size behind a field', '82 20'],
];

const malformed: ReadonlyArray<readonly [what: string, name: string, value: string]> = [
  ['an empty name', '', 'v'],
  ['a pseudo field without a name', ':', 'v'],
  ['a second colon in a name', '::method', 'v'],
  ['a colon within a name', 'a:b', 'v'],
  ['an upper-case letter in a name', 'Accept', 'v'],
  ['a blank in a name', 'a b', 'v'],
  ['a blank behind a name', 'a ', 'v'],
  ['a slash in a name', 'a/b', 'v'],
  ['NUL in a name', 'a\0', 'v'],
  ['DEL in a name', 'a\x7f', 'v'],
  ['an octet above 0x7f in a name', 'a\xe9', 'v'],
  ['NUL in a value', 'a', 'v\0v'],
  ['CR in a value', 'a', 'v\rv'],
  ['LF in a value', 'a', 'v\nv'],
  ['ESC in a value', 'a', 'v\x1bv'],
  ['DEL in a value', 'a', 'v\x7fv'],
  ['a blank before a value', 'a', ' v'],
  ['a blank behind a value', 'a', 'v '],
  ['TAB before a value', 'a', '\tv'],
  ['TAB behind a value', 'a', 'v\t'],
  ['a value of a blank', 'a', ' '],
];

const wellFormed: ReadonlyArray<readonly [what: string, name: string, value: string]> = [
  ['an empty value', 'a', ''],
  ['blanks and TAB within a value', 'a', 'v \t v'],
  ['octets above 0x7f in a value', 'a', '\x80\xe9\xff'],
  ['all token characters in a name', "!#$%&'*+-.^_`|~09az", 'v'],
];

describe('HpackDecoder', () => {
  for (const { name, maxTableBytes, blocks, fields } of examples)
    test(`decodes ${name}`, () => {
      const decoder = new HpackDecoder(maxTableBytes);
      for (const [i, block] of blocks.entries()) {
        assert.equal(decode(decoder, block), HpackResult.OK);
        assert.deepEqual(decoder.fields, fields[i]);
        assert.equal(decoder.bytes, decoder.fields.join('').length);
      }
    });

  for (const [what, block] of failures)
    test(`fails on ${what}`, () =>
      assert.equal(decode(new HpackDecoder(tableBytes), block), HpackResult.FAILED));

  for (const [what, name, value] of malformed)
    test(`takes ${what} for malformed each time`, () => {
      const decoder = new HpackDecoder(tableBytes);
      assert.equal(decode(decoder, `82 ${indexed(name, value)} 84`), HpackResult.MALFORMED);
      assert.deepEqual(decoder.fields, [':method', 'GET', ':path', '/']);
      assert.equal(decode(decoder, 'be'), HpackResult.MALFORMED);
      assert.deepEqual(decoder.fields, []);
      assert.equal(decode(decoder, '82'), HpackResult.OK);
    });

  for (const [what, name, value] of wellFormed)
    test(`takes ${what}`, () => {
      const decoder = new HpackDecoder(tableBytes);
      assert.equal(decode(decoder, indexed(name, value)), HpackResult.OK);
      assert.deepEqual(decoder.fields, [name, value]);
    });

  test('takes control octets in Huffman code for malformed', () => {
    // `a` and LF.
    assert.equal(decode(new HpackDecoder(tableBytes), '04 85 1f ff ff ff 9f'), HpackResult.MALFORMED);
  });

  test('takes a blank behind a value in Huffman code for malformed', () => {
    // `a` and SP.
    assert.equal(decode(new HpackDecoder(tableBytes), '04 82 1a 9f'), HpackResult.MALFORMED);
  });

  test('takes the name alone of an entry with a malformed value', () => {
    const decoder = new HpackDecoder(tableBytes);
    decode(decoder, indexed('a', 'v\n'));
    assert.equal(decode(decoder, '7e 01 "v"'), HpackResult.OK);
    assert.deepEqual(decoder.fields, ['a', 'v']);
  });

  test('takes the name of an entry with a malformed name for malformed', () => {
    const decoder = new HpackDecoder(tableBytes);
    decode(decoder, indexed('A', 'v'));
    assert.equal(decode(decoder, '7e 01 "v"'), HpackResult.MALFORMED);
  });

  test('takes a name from an entry that makes room for the field', () => {
    const decoder = new HpackDecoder(40);
    decode(decoder, indexed('aaaa', 'bbbb'));
    assert.equal(decode(decoder, '7e 04 "cccc"'), HpackResult.OK);
    assert.equal(decode(decoder, 'be'), HpackResult.OK);
    assert.deepEqual(decoder.fields, ['aaaa', 'cccc']);
    assert.equal(decode(decoder, 'bf'), HpackResult.FAILED);
  });

  test('decodes a part of the octets it is given', () => {
    const decoder = new HpackDecoder(tableBytes);
    assert.equal(decoder.decode(Uint8Array.of(0x80, 0x82, 0x80), 1, 2, wide), HpackResult.OK);
    assert.deepEqual(decoder.fields, [':method', 'GET']);
  });

  test('decodes a block of nothing', () => {
    const decoder = new HpackDecoder(tableBytes);
    assert.equal(decode(decoder, ''), HpackResult.OK);
    assert.deepEqual(decoder.fields, []);
  });

  test('makes a new list for each block', () => {
    const decoder = new HpackDecoder(tableBytes);
    decode(decoder, '82');
    const first = decoder.fields;
    decode(decoder, '83');
    assert.deepEqual(first, [':method', 'GET']);
  });
});

describe('HpackDecoder table size', () => {
  test('drops entries after an update to 0, and grows again', () => {
    const decoder = new HpackDecoder(tableBytes);
    decode(decoder, indexed('a', 'b'));
    assert.equal(decode(decoder, '20 3f e1 1f'), HpackResult.OK);
    assert.equal(decode(decoder, 'be'), HpackResult.FAILED);
  });

  test('keeps to the size of an update', () => {
    const decoder = new HpackDecoder(tableBytes);
    // 40 octets: the first entry makes room for the second.
    assert.equal(
      decode(decoder, `3f 09 ${indexed('aaaa', 'aaaa')} ${indexed('bbbb', 'bbbb')} be`),
      HpackResult.OK,
    );
    assert.deepEqual(decoder.fields.slice(-2), ['bbbb', 'bbbb']);
    assert.equal(decode(decoder, 'bf'), HpackResult.FAILED);
  });

  test('adds nothing to a table of no size', () => {
    const decoder = new HpackDecoder(0);
    assert.equal(decode(decoder, indexed('a', 'b')), HpackResult.OK);
    assert.deepEqual(decoder.fields, ['a', 'b']);
    assert.equal(decode(decoder, 'be'), HpackResult.FAILED);
  });
});

describe('HpackDecoder limits', () => {
  const eight: FieldLimits = { maxBytes: 8, maxFields: 2 };

  test('takes as much as the limits allow', () => {
    const decoder = new HpackDecoder(tableBytes);
    assert.equal(decode(decoder, `${indexed('a', 'bcd')} ${indexed('e', 'fgh')}`, eight), HpackResult.OK);
    assert.deepEqual(decoder.fields, ['a', 'bcd', 'e', 'fgh']);
  });

  test('keeps no more fields than allowed, and counts all octets', () => {
    const decoder = new HpackDecoder(tableBytes);
    const block = `${indexed('a', 'b')} ${indexed('c', 'd')} ${indexed('e', 'f')}`;
    assert.equal(decode(decoder, block, eight), HpackResult.TOO_LARGE);
    assert.deepEqual(decoder.fields, ['a', 'b', 'c', 'd']);
    assert.equal(decoder.bytes, 6);
  });

  test('keeps no more octets than allowed, not even of a smaller field behind', () => {
    const decoder = new HpackDecoder(tableBytes);
    const block = `${indexed('a', 'b')} ${indexed('c', 'defghijk')} ${indexed('l', 'm')}`;
    assert.equal(decode(decoder, block, eight), HpackResult.TOO_LARGE);
    assert.deepEqual(decoder.fields, ['a', 'b']);
    assert.equal(decoder.bytes, 13);
  });

  test('keeps the table in step behind the limits', () => {
    const decoder = new HpackDecoder(tableBytes);
    decode(decoder, `${indexed('a', 'bcdefghijk')} ${indexed('l', 'm')}`, eight);
    assert.equal(decode(decoder, 'be bf'), HpackResult.OK);
    assert.deepEqual(decoder.fields, ['l', 'm', 'a', 'bcdefghijk']);
  });

  test('empties the table for a field that is too large for it and the limits', () => {
    const decoder = new HpackDecoder(64);
    decode(decoder, indexed('a', 'b'));
    assert.equal(decode(decoder, indexed('c', 'd'.repeat(100)), eight), HpackResult.TOO_LARGE);
    assert.equal(decoder.bytes, 101);
    assert.equal(decode(decoder, 'be'), HpackResult.FAILED);
  });

  test('counts a name that is too large', () => {
    const decoder = new HpackDecoder(0);
    assert.equal(decode(decoder, indexed('c'.repeat(100), 'd'), eight), HpackResult.TOO_LARGE);
    assert.equal(decoder.bytes, 101);
  });

  test('counts a name and a value in Huffman code that are too large', () => {
    const decoder = new HpackDecoder(0);
    // 2000 is 127 + 0x51 + 0x0e × 128; zeros have five bits each.
    const code = Buffer.alloc(2000);
    const block = Buffer.concat([octetsOf('40 ff d1 0e'), code, octetsOf('ff d1 0e'), code]);
    assert.equal(decoder.decode(block, 0, block.length, eight), HpackResult.TOO_LARGE);
    assert.deepEqual([decoder.fields, decoder.bytes], [[], 6400]);
  });

  test('counts references to a large entry without a limit to their number', () => {
    const decoder = new HpackDecoder(tableBytes);
    const value = Buffer.alloc(3000, 'v');
    // 3000 is 127 + 0x39 + 0x16 × 128.
    const large = Buffer.concat([octetsOf('40 01 "a" 7f b9 16'), value, Buffer.alloc(50_000, 0xbe)]);
    assert.equal(decoder.decode(large, 0, large.length, wide), HpackResult.TOO_LARGE);
    assert.equal(decoder.bytes, 3001 * 50_001);
    assert.equal(decoder.fields.length, 2 * Math.floor(wide.maxBytes / 3001));
  });

  test('fails behind the limits as before them', () => {
    const decoder = new HpackDecoder(tableBytes);
    const block = `${indexed('c', 'd'.repeat(100))} 00 01 "a" 81 18`;
    assert.equal(decode(decoder, block, eight), HpackResult.FAILED);
  });

  test('calls a block malformed that is too large as well', () => {
    const decoder = new HpackDecoder(tableBytes);
    const block = `${indexed('c', 'd'.repeat(100))} ${indexed('A', 'b')}`;
    assert.equal(decode(decoder, block, eight), HpackResult.MALFORMED);
  });
});
