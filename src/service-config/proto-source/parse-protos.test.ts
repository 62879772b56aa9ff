import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { compileProtos } from './testing/compile-protos.ts';
import { refused, refusedHere } from './testing/refused.ts';

/** `line:column message` of the first finding. */
function firstFinding(files: Readonly<Record<string, string>>): string | undefined {
  const [first] = compileProtos(files).diagnostics;
  return first && `${first.source?.line}:${first.source?.column} ${first.message}`;
}

describe('.proto sources that do not compile', () => {
  for (const { name, text, finding } of [...refused, ...refusedHere]) {
    test(`point at ${name}`, () => {
      assert.equal(firstFinding({ 'refused.proto': text }), finding);
    });
  }

  for (const [name, files, finding] of [
    [
      'a file in the set by another path',
      { 'b.proto': 'syntax = "proto3"; import "a/x.proto";', 'x.proto': 'syntax = "proto3";' },
      "'x.proto' was submitted: the path of a file has to be the one that it is imported with.",
    ],
    [
      'a slip in an import',
      { 'b.proto': 'syntax = "proto3"; import "google/api/annotation.proto";' },
      "Did you mean 'google/api/annotations.proto'?",
    ],
    [
      'a definition in a file that is not imported',
      {
        'b.proto': 'syntax = "proto3"; message M { a.A f = 1; }',
        'a.proto': 'syntax = "proto3"; package a; message A { }',
      },
      'Write import "a.proto";',
    ],
    [
      'an annotation without its import',
      {
        'b.proto':
          'syntax = "proto3"; message M { } service S { rpc R(M) returns (M) { option (google.api.http).get = "/"; } }',
      },
      'Write import "google/api/annotations.proto";',
    ],
    [
      'a slip in an option',
      { 'b.proto': 'syntax = "proto3"; option java_pakage = "a";' },
      "Did you mean 'java_package'?",
    ],
  ] as const) {
    test(`say what to write for ${name}`, () => {
      assert.equal(compileProtos(files).diagnostics[0]?.hint, finding);
    });
  }

  test('point at imports that form a circle', () => {
    const finding = firstFinding({
      'a.proto': 'syntax = "proto3"; import "b.proto";',
      'b.proto': 'syntax = "proto3"; import "a.proto";',
    });
    assert.equal(
      finding,
      "1:27 The files 'b.proto' and 'a.proto' import each other, directly or through others.",
    );
  });

  test('are refused with a hint when they are written in editions', () => {
    const [first] = compileProtos({ 'a.proto': 'edition = "2023";' }).diagnostics;
    assert.equal(first?.message, 'Editions are not compiled here.');
    assert.match(first.hint ?? '', /descriptor set made by protoc/);
  });

  test('say that a file without a syntax is read as proto2', () => {
    const { descriptors, diagnostics } = compileProtos({ 'a.proto': 'message M { required int32 a = 1; }' });
    assert.deepEqual(
      diagnostics.map(({ kind, rule }) => [kind, rule]),
      [['warning', 'proto-syntax-missing']],
    );
    assert.equal(descriptors?.set.file[0]?.syntax, '');
  });
});
