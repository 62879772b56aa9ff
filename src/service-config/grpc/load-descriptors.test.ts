import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { create, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  Edition,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import type { DescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';

import type { SourceFile } from '../compile.ts';
import { createContext } from '../context.ts';
import { DiagnosticCollector } from '../diagnostics/collector.ts';
import { maxDescriptorValues } from './bound-descriptor-set.ts';
import { loadDescriptors } from './load-descriptors.ts';

type FileInit = MessageInitShape<typeof FileDescriptorProtoSchema>;

function setOf(path: string, ...file: FileInit[]): SourceFile {
  return {
    path,
    contents: toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file })),
  };
}

/** What is found in descriptor sets: rules and messages; empty when they are fine. */
function findingsOf(...descriptors: SourceFile[]): string[] {
  const diagnostics = new DiagnosticCollector();
  const context = createContext({ producerProjectId: '' }, diagnostics);
  const loaded = loadDescriptors({ descriptors, protos: [] }, context);
  assert.equal(loaded === undefined, diagnostics.hasErrors);
  return diagnostics.list().map(({ rule, message }) => `${rule}: ${message}`);
}

function field(name: string, number: number, more: object = {}): object {
  return { name, number, label: Label.OPTIONAL, type: FieldType.STRING, ...more };
}

const plain: FileInit = { name: 'a.proto', package: 'a', syntax: 'proto3', messageType: [{ name: 'M' }] };

describe('loadDescriptors', () => {
  test('takes a file that is the same in two sets but for its comments', () => {
    const commented = { ...plain, sourceCodeInfo: { location: [{ leadingComments: 'Why.' }] } };
    assert.deepEqual(findingsOf(setOf('one.pb', plain), setOf('two.pb', commented)), []);
  });

  test('orders the files of a set by their imports', () => {
    assert.deepEqual(findingsOf(setOf('a.pb', { name: 'b.proto', dependency: ['a.proto'] }, plain)), []);
  });

  const cases: ReadonlyArray<readonly [string, readonly SourceFile[], string]> = [
    [
      'a file that differs between sets',
      [setOf('one.pb', plain), setOf('two.pb', { ...plain, messageType: [] })],
      "descriptor-conflict: The file 'a.proto' of 'two.pb' is different from the one of 'one.pb'.",
    ],
    [
      'one name in two files',
      [setOf('one.pb', plain, { ...plain, name: 'b.proto' })],
      "duplicate-name: 'a.M' is defined in 'b.proto' and in 'a.proto'.",
    ],
    [
      'files that import each other',
      [
        setOf(
          'one.pb',
          { name: 'a.proto', dependency: ['b.proto'] },
          { name: 'b.proto', dependency: ['a.proto'] },
        ),
      ],
      "import-circle: The files 'b.proto' and 'a.proto' import each other, directly or through others.",
    ],
    [
      'a field of a type that is nowhere',
      [
        setOf('one.pb', {
          ...plain,
          messageType: [{ name: 'M', field: [field('f', 1, { type: FieldType.MESSAGE, typeName: '.a.N' })] }],
        }),
      ],
      "type-missing: The type '.a.N' of field 'a.M.f' is not defined.",
    ],
    [
      'a type by a relative name',
      [
        setOf('one.pb', {
          ...plain,
          messageType: [{ name: 'M', field: [field('f', 1, { type: FieldType.MESSAGE, typeName: 'a.M' })] }],
        }),
      ],
      "type-missing: The type 'a.M' of field 'a.M.f' is not defined.",
    ],
    [
      'a method of a type that is nowhere',
      [
        setOf('one.pb', {
          ...plain,
          service: [{ name: 'S', method: [{ name: 'R', inputType: '.a.M', outputType: '.a.N' }] }],
        }),
      ],
      "type-missing: The type '.a.N' of method 'a.S.R' is not defined.",
    ],
    [
      'a field number twice',
      [setOf('one.pb', { ...plain, messageType: [{ name: 'M', field: [field('f', 1), field('g', 1)] }] })],
      "proto-definition: Field number 1 of 'a.M' is used by 'f' and 'g'.",
    ],
    [
      'a name that is none',
      [setOf('one.pb', { ...plain, messageType: [{ name: 'M N' }] })],
      'descriptor-invalid: a.proto: invalid message name "M N"',
    ],
    [
      'a package that is none',
      [setOf('one.pb', { ...plain, package: 'a b' })],
      "descriptor-invalid: The package 'a b' of 'a.proto' is no name.",
    ],
    [
      'an edition that is unknown',
      [setOf('one.pb', { ...plain, syntax: 'editions', edition: Edition.EDITION_99999_TEST_ONLY })],
      'descriptor-invalid: a.proto: unsupported edition',
    ],
    [
      'a set without files',
      [setOf('one.pb')],
      "descriptor-unreadable: Descriptor set 'one.pb' has no files.",
    ],
  ];
  for (const [name, files, finding] of cases) {
    test(`refuses ${name}`, () => assert.deepEqual(findingsOf(...files), [finding]));
  }

  test('refuses messages that are nested deeper than they can be decoded', () => {
    let message: DescriptorProto = create(DescriptorProtoSchema, { name: 'M' });
    for (let depth = 0; depth < 120; depth++)
      message = create(DescriptorProtoSchema, { name: 'M', nestedType: [message] });
    const [finding = ''] = findingsOf(setOf('deep.pb', { ...plain, messageType: [message] }));
    assert.match(finding, /^descriptor-unreadable: .* nested more than 100 deep$/);
  });

  test('refuses a small set of more messages than memory should hold, before decoding them', () => {
    // Each message is a tag and a length of zero.
    const messages = Buffer.alloc(2 * (maxDescriptorValues + 1));
    for (let at = 0; at < messages.length; at += 2) messages[at] = (4 << 3) | 2;
    const length = messages.length;
    const head = Buffer.from([(1 << 3) | 2, (length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14]);
    const before = performance.now();
    const findings = findingsOf({ path: 'bomb.pb', contents: Buffer.concat([head, messages]) });
    assert.deepEqual(findings, [
      `descriptor-unreadable: The descriptor sets have more than ${maxDescriptorValues} definitions.`,
    ]);
    assert.ok(performance.now() - before < 5000);
  });

  test('never throws for damaged sets', () => {
    const { contents } = setOf('one.pb', {
      ...plain,
      messageType: [{ name: 'M', field: [field('f', 1), field('g', 2, { options: { packed: true } })] }],
      service: [{ name: 'S', method: [{ name: 'R', inputType: '.a.M', outputType: '.a.M' }] }],
    });
    for (let at = 0; at < contents.length; at++) {
      for (const change of [1, 0x7f, 0xff]) {
        const damaged = Uint8Array.from(contents);
        damaged[at] = (damaged[at] as number) ^ change;
        findingsOf({ path: 'damaged.pb', contents: damaged });
      }
      findingsOf({ path: 'cut.pb', contents: contents.subarray(0, at) });
    }
  });
});
