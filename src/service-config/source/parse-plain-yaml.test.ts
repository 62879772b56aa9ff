import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import fc from 'fast-check';
import { stringify } from 'yaml';

import { defaultSourceLimits } from './limits.ts';
import { parsePlainYaml } from './parse-plain-yaml.ts';
import { parseYaml } from './parse-yaml.ts';
import type { SourceNode } from './source-node.ts';
import { SourceText } from './source-text.ts';

/** A tree with all its places, for comparing. */
function toComparable(node: SourceNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return [node.offset, typeof node.value === 'bigint' ? `${node.value}n` : node.value];
    case 'sequence':
      return [node.offset, node.items.map(toComparable)];
    case 'mapping':
      return [
        node.offset,
        [...node.entries].map(([key, entry]) => [key, entry.keyOffset, toComparable(entry.value)]),
      ];
    default:
      return node satisfies never;
  }
}

/** Asserts that the fast parser leaves a text alone or reads what the complete one reads. True when it read it. */
function agrees(text: string): boolean {
  const source = new SourceText('f.yaml', text);
  const result = parsePlainYaml(source, defaultSourceLimits);
  if (result.kind === 'notPlain') return false;
  assert.deepEqual(
    toComparable(result.root),
    toComparable(parseYaml(source, defaultSourceLimits)),
    JSON.stringify(text),
  );
  return true;
}

const plainTexts: Readonly<Record<string, string>> = {
  'nested mappings': 'a:\n  b:\n    c: 1\n  d: 2\n',
  'sequences at and below the indentation of their key': 'a:\n- 1\n- 2\nb:\n  - 3\n',
  'mappings in sequences': 'a:\n  - b: 1\n    c: 2\n  - d:\n      e: 3\n',
  'sequences in sequences': 'a:\n  - - 1\n    - 2\n  - []\n',
  'absent values': 'a:\nb:\n  c:\n  d: ~\ne:\n  -\n  - 1\n',
  'typed words and numbers':
    'a: true\nb: False\nc: null\nd: 1.5\ne: -3\nf: 1e3\ng: 0123\nh: yes\ni: 1.2.3\nj: 2001-01-01\n',
  'integers above 2^53': 'a: 9223372036854775807\n',
  'quoted keys and values': `"200": 'it''s'\n'b': "tab\\tnew\\nline \\u0041"\n`,
  'odd keys': '/p/{id}: 1\n$ref: 2\nx-y: 3\na b: 4\nhttp://a/b: 5\n',
  comments: '# first\na: 1 # one\n\n  # between\nb: # below\n  - c # three\n',
  'a hash inside a word': 'a: b#c\n',
  'text over several lines': 'a: one\n  two\n\n  three\nb: four\n',
  'literal blocks': 'a: |\n  one\n    two\n\n  three\n\nb: |-\n  four\nc: |\n',
  'folded blocks': 'a: >\n  one\n  two\n\n  three\nb: >-\n  four\n  five\n',
  'a block with hashes and colons': 'a: |\n  # no comment\n  key: value\nb: 1\n',
  'flow collections on a line':
    'a: []\nb: {}\nc: [1, two, "three", [4]]\nd: {a: 1, "b": {c: []}}\ne: [a, b,] # end\n',
  'URLs and other words with colons in flow collections':
    'a: [https://a.example.com:8080/b, c:d]\nb: {c: https://a/b, d: 1:2}\nhttps://a: {https://b: c}\n',
  'a document mark at the start': '---\na: 1\nb: [2]\n',
  'a document mark behind comments': '# one\n\n  # two\n---   \n# three\na: 1\n',
  'a file without a line end': 'a: 1\nb: x',
};

const oddTexts: Readonly<Record<string, string>> = {
  anchors: 'a: &x 1\nb: *x\n',
  tags: 'a: !!str 1\n',
  tabs: 'a:\n\tb: 1\n',
  'carriage returns': 'a: 1\r\nb: 2\r\n',
  'a second document': '---\na: 1\n---\nb: 1\n',
  'a document mark with a value': '--- {a: 1}\n',
  'a directive': '%YAML 1.2\n---\na: 1\n',
  'merge keys': 'a:\n  <<: {b: 1}\n',
  'a duplicate key': 'a: 1\na: 2\n',
  'quotes over several lines': 'a: "one\n  two"\n',
  'flows over several lines': 'a: [1,\n  2]\n',
  'pairs in a flow sequence': 'a: [b: c]\n',
  'bad indentation': 'a:\n  b: 1\n c: 2\n',
  'a colon in a value': 'a: b: c\n',
  'a key of more than 1024 characters': `${'k'.repeat(1025)}: 1\n`,
  'hexadecimal numbers': 'a: 0x1F\n',
  'text behind a comment': 'a: one # c\n  two\n',
  'a sequence on the line of its key': 'a: - b\n',
};

describe('parsePlainYaml', () => {
  for (const [name, text] of Object.entries(plainTexts)) {
    test(`reads ${name} as the complete parser does`, () => assert.ok(agrees(text)));
  }

  for (const [name, text] of Object.entries(oddTexts)) {
    test(`leaves ${name} to the complete parser`, () => assert.ok(!agrees(text)));
  }

  test('reads nine of ten golden documents', () => {
    const folder = join(import.meta.dirname, '../golden');
    const texts = globSync('**/*.yaml', { cwd: folder }).map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    const read = texts.filter(agrees);
    assert.ok(read.length > texts.length * 0.9, `${read.length} of ${texts.length}`);
  });

  test('agrees with the complete parser on whatever values the yaml package writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), styles, (value, style) => {
        agrees(stringify(value, style));
      }),
    );
  });

  test('agrees with the complete parser on lines put together at random', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 8 }), (parts) => {
        if (agrees(parts.join('\n'))) read += 1;
      }),
      { numRuns: 2000 },
    );
    assert.ok(read > 20, `only ${read} texts were plain`);
  });

  test('leaves a flow collection of too many values alone', () => {
    const result = parsePlainYaml(new SourceText('f.yaml', 'a: [1, 2, 3, 4]\n'), {
      ...defaultSourceLimits,
      maxExpandedNodes: 5,
    });
    assert.equal(result.kind, 'notPlain');
  });

  test('says where a text stops being plain', () => {
    const result = parsePlainYaml(new SourceText('f.yaml', 'a: 1\nb: &x 2\n'), defaultSourceLimits);
    assert.deepEqual(result, { kind: 'notPlain', offset: 8 });
  });

  test('leaves nesting above the limit to the complete parser', () => {
    const text = Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
    assert.ok(!agreesWithin(text, 100));
  });
});

function agreesWithin(text: string, maxDepth: number): boolean {
  return parsePlainYaml(new SourceText('f.yaml', text), { ...defaultSourceLimits, maxDepth }).kind === 'tree';
}

const styles = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 20, 80),
  defaultStringType: fc.constantFrom(
    'PLAIN' as const,
    'QUOTE_DOUBLE' as const,
    'BLOCK_LITERAL' as const,
    'BLOCK_FOLDED' as const,
  ),
});

const values =
  `|x|some text|"q: t"|'it''s'|>|>-|[]|{}|[a, b]|{a: b, c: [1]}|12|true|~|-5|- a|k: v|# c|x # c|"a" # c|a#b|a:b|*a
&a b|?|: x|[a: b]|{"a":1}|{a}|[a,]|.5|0x1|"esc\\n"|a  |"x" y|-|--- a|"\\x41"|''|NULL`.split(/[|\n]/);
const value = fc.constantFrom('|', '|-', '|+', ...values);
const key = fc.constantFrom(
  'a',
  'b',
  'c d',
  '"q"',
  "'s'",
  '/p/{id}',
  '200',
  'x-y',
  '~',
  '-k',
  '<<',
  'k #1',
  '"a: b"',
);
const indent = fc.constantFrom('', '', '  ', '  ', '    ', ' ', '      ');
const lines = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(indent, key, value).map(([space, name, text]) => `${space}${name}: ${text}`),
  },
  { weight: 3, arbitrary: fc.tuple(indent, value).map(([space, text]) => `${space}- ${text}`) },
  {
    weight: 2,
    arbitrary: fc.tuple(indent, key, value).map(([space, name, text]) => `${space}- ${name}: ${text}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '   ', '# comment', '    # comment') },
  { weight: 2, arbitrary: fc.tuple(indent, value).map(([space, text]) => `${space}${text}`) },
);
