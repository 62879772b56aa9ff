import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { fromBinary } from '@bufbuild/protobuf';
import { anyUnpack, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

import {
  ConfigFile_FileType as FileType,
  ConfigFileSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { compileFiles } from '../compile.ts';
import type { SourceFile } from '../compile.ts';

const golden = join(import.meta.dirname, '../golden/grpc');

function read(path: string): SourceFile {
  return { path: path.slice(path.lastIndexOf('/') + 1), contents: readFileSync(join(golden, path)) };
}

function text(path: string, ...lines: string[]): SourceFile {
  return { path, contents: new TextEncoder().encode(lines.join('\n')) };
}

function compile(...files: SourceFile[]): Service {
  const { service, diagnostics } = compileFiles(files, { producerProjectId: '' });
  assert.ok(service !== undefined, JSON.stringify(diagnostics));
  return service;
}

/** The descriptor sets that a config carries. */
function setsOf(service: Service) {
  return (service.sourceInfo?.sourceFiles ?? [])
    .map((any) => anyUnpack(any, ConfigFileSchema))
    .filter((file) => file?.fileType === FileType.FILE_DESCRIPTOR_SET_PROTO);
}

describe('compileGrpc', () => {
  test('carries a single descriptor set byte by byte', () => {
    const set = read('descriptor-set.in/api_descriptor.pb');
    const [carried, ...more] = setsOf(compile(set, read('descriptor-set.in/service.yaml')));
    assert.deepEqual(more, []);
    assert.equal(carried?.filePath, 'api_descriptor.pb');
    assert.deepEqual(Buffer.from(carried.fileContents), Buffer.from(set.contents));
  });

  test('carries several descriptor sets as one, since proxies read one', () => {
    const folder = 'several-descriptor-sets.in';
    const service = compile(
      ...['bookstore.pb', 'shop.pb', 'service.yaml'].map((name) => read(`${folder}/${name}`)),
    );
    const [carried, ...more] = setsOf(service);
    assert.deepEqual(more, []);
    const { file } = fromBinary(FileDescriptorSetSchema, carried?.fileContents ?? new Uint8Array());
    const names = file.map(({ name }) => name);
    assert.ok(names.includes('bookstore.proto') && names.includes('shop.proto'), names.join());
    assert.equal(new Set(names).size, names.length);
  });

  test('carries the set that sources compile to, with the files that they import', () => {
    const service = compile(read('proto-source.in/bookstore.proto'), read('proto-source.in/service.yaml'));
    const [carried] = setsOf(service);
    const { file } = fromBinary(FileDescriptorSetSchema, carried?.fileContents ?? new Uint8Array());
    assert.ok(file.some(({ name }) => name === 'google/protobuf/timestamp.proto'));
    assert.equal(file.at(-1)?.name, 'bookstore.proto');
  });

  for (const [name, version] of [
    ['shop', 'v1'],
    ['shop.v3', 'v3'],
    ['shop.v2beta1', 'v2beta1'],
    ['v1.shop.v2.admin', 'v2'],
    ['shop.v1x', 'v1'],
    ['shop.version2', 'v1'],
  ] as const) {
    test(`takes ${version} for the version of an API in package ${name}`, () => {
      const proto = text(
        'a.proto',
        `syntax = "proto3"; package ${name}; message M { } service S { rpc R(M) returns (M); }`,
      );
      const yaml = text(
        'a.yaml',
        'type: google.api.Service',
        'config_version: 3',
        'name: a.example.com',
        `apis: [{name: ${name}.S}]`,
      );
      assert.equal(compile(proto, yaml).apis[0]?.version, version);
    });
  }

  test('compiles a service of ten thousand methods', () => {
    const count = 10_000;
    const methods = Array.from(
      { length: count },
      (_, at) =>
        `rpc R${at}(A${at}) returns (A${at}) { option (google.api.http) = { get: "/v1/r${at}/{id}" }; }`,
    );
    const messages = Array.from(
      { length: count },
      (_, at) => `message A${at} { string id = 1; A0 more = 2; }`,
    );
    const proto = text(
      'big.proto',
      'syntax = "proto3"; package big.v1; import "google/api/annotations.proto";',
      `service Big { ${methods.join('\n')} }`,
      ...messages,
    );
    const yaml = text(
      'a.yaml',
      'type: google.api.Service',
      'config_version: 3',
      'name: a.example.com',
      'apis: [{name: big.v1.Big}]',
      'usage: {rules: [{selector: "*", allow_unregistered_calls: true}]}',
    );
    const service = compile(proto, yaml);
    assert.equal(service.http?.rules.length, count);
    assert.equal(service.usage?.rules.length, count);
    assert.equal(service.types.length, count);
  });
});
