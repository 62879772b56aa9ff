import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

import type { SourceInfo } from '../../gen/google/api/source_info_pb.ts';
import type { SourceFile } from '../compile.ts';
import type { Inputs } from '../inputs/load-inputs.ts';
import { toSourceInfo } from '../source-info.ts';
import type { Descriptors } from './descriptors.ts';

/** Path of the descriptor set when it is none of the submitted files. */
const joinedPath = 'api_descriptor.pb';

/**
 * What a config was made from: one descriptor set, which the proxies transcode with, and the documents. Proxies read the
 * last set alone, so several are joined; a single one keeps its bytes.
 */
export function toGrpcSourceInfo(inputs: Inputs, descriptors: Descriptors): SourceInfo {
  const documents = inputs.documents.map(({ source }) => ({
    path: source.path,
    contents: new TextEncoder().encode(source.text),
  }));
  const set = descriptors.set.file.length === 0 ? [] : [toSetFile(inputs, descriptors)];
  return toSourceInfo([...set, ...inputs.protos, ...documents], false);
}

function toSetFile(inputs: Inputs, descriptors: Descriptors): SourceFile {
  const [only, ...more] = inputs.descriptors;
  if (only !== undefined && more.length === 0 && inputs.protos.length === 0) return only;
  return { path: joinedPath, contents: toBinary(FileDescriptorSetSchema, descriptors.set) };
}
