import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { anyUnpack } from '@bufbuild/protobuf/wkt';

import {
  ConfigFile_FileType as FileType,
  ConfigFileSchema,
} from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { toSourceInfo } from './source-info.ts';

describe('toSourceInfo', () => {
  for (const [path, isOpenapi, fileType] of [
    ['openapi.yaml', true, FileType.OPEN_API_YAML],
    ['openapi.json', true, FileType.OPEN_API_JSON],
    ['service.yaml', false, FileType.SERVICE_CONFIG_YAML],
    ['api.pb', false, FileType.FILE_DESCRIPTOR_SET_PROTO],
    ['api.proto.bin', false, FileType.FILE_DESCRIPTOR_SET_PROTO],
    ['api.proto', false, FileType.PROTO_FILE],
  ] as const) {
    test(`packs ${path} as file type ${fileType}`, () => {
      const contents = new Uint8Array([1, 2]);
      const [any] = toSourceInfo([{ path, contents }], isOpenapi).sourceFiles;
      assert.ok(any !== undefined);
      const file = anyUnpack(any, ConfigFileSchema);
      assert.deepEqual([file?.filePath, file?.fileType, file?.fileContents], [path, fileType, contents]);
    });
  }
});
