import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { compileProtos } from './testing/compile-protos.ts';
import { corpus } from './testing/corpus.ts';

const head = 'syntax = "proto3";';
/** Generous for a loaded machine; what is quadratic takes minutes. */
const maxMs = 10_000;

describe('hostile .proto sources', () => {
  const deepScope = Array.from({ length: 30 }, (_, at) => `message L${at} {`).join(' ');
  const cases: ReadonlyArray<readonly [string, string, RegExp]> = [
    [
      'messages nested past the bound',
      `${head}${'message M {'.repeat(40)}`,
      /^Messages are nested more than 32 deep\.$/,
    ],
    [
      'groups nested past the bound',
      `syntax = "proto2"; message M {${'optional group G = 1 {'.repeat(40)}`,
      /^Messages are nested more than 32 deep\.$/,
    ],
    [
      'option values nested past the bound',
      `${head}option (a) = ${'{ a '.repeat(100)}`,
      /^Values are nested more than 64 deep\.$/,
    ],
    [
      'more definitions than are kept',
      `${head}${'message M {} '.repeat(300_001)}`,
      /^The files have more than 300000 definitions\.$/,
    ],
    [
      'a type name that goes on',
      `${head}message M { a${'.a'.repeat(100_000)} a = 1; }`,
      /^The name has more than 1024 characters\.$/,
    ],
    [
      'a name that goes on',
      `${head}message ${'M'.repeat(1_000_000)} {}`,
      /^The name has more than 255 characters\.$/,
    ],
    [
      'a package that goes on',
      `${head}package a${'.a'.repeat(300)};`,
      /^The name has more than 512 characters\.$/,
    ],
    [
      'more imports than a file has',
      head + Array.from({ length: 1001 }, (_, at) => `import "${at}";`).join(''),
      /^A file imports at most 1000 others\.$/,
    ],
    [
      'a number that goes on',
      `${head}message M { int32 a = ${'9'.repeat(1_000_000)}; }`,
      /^Expected the number of the field/,
    ],
    [
      'many unknown names in a deep scope',
      `${head}${deepScope}${Array.from({ length: 20_000 }, (_, at) => `T${at} f${at} = ${at + 30_000};`).join('')}${'}'.repeat(30)}`,
      /^'T0' is not defined\.$/,
    ],
    [
      'many ranges and many fields in them',
      `${head}message M { ${Array.from({ length: 20_000 }, (_, at) => `reserved ${at + 30_000};`).join('')}${Array.from({ length: 20_000 }, (_, at) => `int32 f${at} = ${at + 30_000};`).join('')} }`,
      /^The field number 30000 of 'f0' is reserved in 'M'\.$/,
    ],
  ];
  for (const [name, text, message] of cases) {
    test(`end in a finding in bounded time: ${name}`, () => {
      const before = performance.now();
      const { diagnostics } = compileProtos({ 'hostile.proto': text });
      assert.match(diagnostics[0]?.message ?? '', message);
      assert.ok(performance.now() - before < maxMs);
    });
  }

  test('that are no text are refused', () => {
    const { diagnostics } = compileProtos({ 'a.proto': `${head}\ud800\u0000` });
    assert.match(diagnostics[0]?.message ?? '', /^Invalid character/);
  });

  test('are never thrown at, however the corpus is damaged', () => {
    const texts = Object.values(corpus);
    const damage = fc.record({
      text: fc.nat(texts.length - 1),
      file: fc.nat(5),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(12),
      insert: fc.constantFrom(
        '',
        '{',
        '}',
        '"',
        "'",
        '/*',
        '[',
        '=',
        ';',
        '0x',
        '\\',
        'stream',
        'group',
        '1e9',
        '\u0000',
      ),
    });
    fc.assert(
      fc.property(damage, ({ text, file, at, cut, insert }) => {
        const files = { ...texts[text] };
        const paths = Object.keys(files);
        const path = paths[file % paths.length] as string;
        const whole = files[path] as string;
        const start = Math.floor(at * whole.length);
        files[path] = whole.slice(0, start) + insert + whole.slice(start + cut);
        compileProtos(files);
      }),
      { numRuns: 300 },
    );
  });
});
