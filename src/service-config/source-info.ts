import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';

import type { SourceInfo } from '../gen/google/api/source_info_pb.ts';
import { SourceInfoSchema } from '../gen/google/api/source_info_pb.ts';
import {
  ConfigFile_FileType,
  ConfigFileSchema,
} from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { SourceFile } from './compile.ts';

/**
 * The submitted files as a config carries them in its FULL view (`source_info.source_files`, ConfigFile messages). `isOpenapi`
 * tells what a YAML or JSON file is; descriptors and protos are known by their names.
 */
export function toSourceInfo(files: readonly SourceFile[], isOpenapi: boolean): SourceInfo {
  return create(SourceInfoSchema, {
    sourceFiles: files.map((file) => {
      const fileType = fileTypeOf(file.path, isOpenapi);
      const configFile = create(ConfigFileSchema, {
        filePath: file.path,
        fileContents: file.contents,
        fileType,
      });
      return anyPack(ConfigFileSchema, configFile);
    }),
  });
}

function fileTypeOf(path: string, isOpenapi: boolean): ConfigFile_FileType {
  if (/\.(?:pb|descriptor|proto\.bin)$/i.test(path)) return ConfigFile_FileType.FILE_DESCRIPTOR_SET_PROTO;
  if (/\.proto$/i.test(path)) return ConfigFile_FileType.PROTO_FILE;
  if (!isOpenapi) return ConfigFile_FileType.SERVICE_CONFIG_YAML;
  return /\.json$/i.test(path) ? ConfigFile_FileType.OPEN_API_JSON : ConfigFile_FileType.OPEN_API_YAML;
}
