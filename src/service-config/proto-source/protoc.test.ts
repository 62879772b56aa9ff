import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { create, createFileRegistry, fromBinary, toBinary, toJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';

import { compileProtos } from './testing/compile-protos.ts';
import { corpus } from './testing/corpus.ts';
import { refused } from './testing/refused.ts';
import { wellKnownImports, wellKnownPaths } from './well-known-files.ts';

const hasProtoc = spawnSync('protoc', ['--version']).status === 0;

/** The files of a set that have these paths, with their options as text, ready to be compared. */
function filesOf(set: FileDescriptorSet, paths: readonly string[]): JsonObject {
  const registry = createFileRegistry(set);
  const files = set.file.filter(({ name }) => paths.includes(name));
  return Object.fromEntries(
    files.map((file) => [file.name, toJson(FileDescriptorProtoSchema, file, { registry })]),
  );
}

describe('.proto sources', { skip: hasProtoc ? false : 'protoc is not installed' }, () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'protoc-'));
    // protoc gets the well-known files as we have them, so that both compile against the same.
    const wanted = create(FileDescriptorProtoSchema, { dependency: [...wellKnownPaths()] });
    const set = create(FileDescriptorSetSchema, { file: wellKnownImports([wanted], []) });
    writeFileSync(join(folder, 'known.pb'), toBinary(FileDescriptorSetSchema, set));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The set, or what protoc has against the files. */
  function runProtoc(files: Readonly<Record<string, string>>): FileDescriptorSet | string {
    const root = mkdtempSync(join(folder, 'case-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const output = join(root, 'set.pb');
    const args = [
      `--proto_path=${root}`,
      `--descriptor_set_in=${join(folder, 'known.pb')}`,
      '--include_imports',
      `--descriptor_set_out=${output}`,
      ...Object.keys(files),
    ];
    const { status, stderr } = spawnSync('protoc', args, { encoding: 'utf8' });
    return status === 0 ? fromBinary(FileDescriptorSetSchema, readFileSync(output)) : stderr;
  }

  for (const [name, files] of Object.entries(corpus)) {
    test(`compile to what protoc makes of them: ${name}`, () => {
      const { descriptors, diagnostics } = compileProtos(files);
      assert.deepEqual(diagnostics, []);
      assert.ok(descriptors !== undefined);
      const paths = Object.keys(files);
      const expected = runProtoc(files);
      assert.ok(typeof expected !== 'string', String(expected));
      assert.deepEqual(filesOf(descriptors.set, paths), filesOf(expected, paths));
    });
  }

  for (const { name, text } of refused) {
    test(`are refused where protoc refuses them: ${name}`, () => {
      assert.equal(typeof runProtoc({ 'refused.proto': text }), 'string');
    });
  }
});
