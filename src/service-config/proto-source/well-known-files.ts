import { clone } from '@bufbuild/protobuf';
import type { DescFile } from '@bufbuild/protobuf';
import {
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type { DescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import { file_google_api_annotations } from '../../gen/google/api/annotations_pb.ts';
import { file_google_api_client } from '../../gen/google/api/client_pb.ts';
import { file_google_api_field_behavior } from '../../gen/google/api/field_behavior_pb.ts';
import { file_google_api_httpbody } from '../../gen/google/api/httpbody_pb.ts';
import { file_google_api_resource } from '../../gen/google/api/resource_pb.ts';
import { file_google_api_service } from '../../gen/google/api/service_pb.ts';
import { file_google_longrunning_operations } from '../../gen/google/longrunning/operations_pb.ts';
import { file_google_rpc_code } from '../../gen/google/rpc/code_pb.ts';
import { file_google_rpc_error_details } from '../../gen/google/rpc/error_details_pb.ts';
import { file_google_rpc_status } from '../../gen/google/rpc/status_pb.ts';
import { file_google_type_expr } from '../../gen/google/type/expr_pb.ts';
import { toJsonName } from '../grpc/json-name.ts';

/** Files that can be imported without being submitted, with all that they import in turn. */
const roots: readonly DescFile[] = [
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
  file_google_api_annotations,
  file_google_api_client,
  file_google_api_field_behavior,
  file_google_api_httpbody,
  file_google_api_resource,
  file_google_api_service,
  file_google_longrunning_operations,
  file_google_rpc_code,
  file_google_rpc_error_details,
  file_google_rpc_status,
  file_google_type_expr,
];

const known: ReadonlyMap<string, DescFile> = collect(roots);

function collect(files: readonly DescFile[]): Map<string, DescFile> {
  const found = new Map<string, DescFile>();
  const add = (file: DescFile): void => {
    if (found.has(file.proto.name)) return;
    found.set(file.proto.name, file);
    file.dependencies.forEach(add);
  };
  files.forEach(add);
  return found;
}

/**
 * The well-known files that `sources` import, directly or through others, and that are not submitted. Descriptor sets have
 * their imports; only sources may leave them to us.
 */
export function wellKnownImports(
  sources: readonly FileDescriptorProto[],
  submitted: readonly FileDescriptorProto[],
): FileDescriptorProto[] {
  const present = new Set(submitted.map(({ name }) => name));
  const added: FileDescriptorProto[] = [];
  const pending = sources.flatMap(({ dependency }) => dependency);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const file = known.get(path);
    if (file === undefined || present.has(path)) continue;
    present.add(path);
    added.push(complete(file.proto));
    pending.push(...file.proto.dependency);
  }
  return added;
}

/** Paths of all well-known files, for suggestions. */
export function wellKnownPaths(): Iterable<string> {
  return known.keys();
}

/** Generated code leaves out the names that JSON has by rule; descriptors made by protoc do not. */
function complete(proto: FileDescriptorProto): FileDescriptorProto {
  const copy = clone(FileDescriptorProtoSchema, proto);
  const completeMessage = (message: DescriptorProto): void => {
    for (const field of [...message.field, ...message.extension])
      if (field.jsonName === '') field.jsonName = toJsonName(field.name);
    message.nestedType.forEach(completeMessage);
  };
  copy.messageType.forEach(completeMessage);
  for (const field of copy.extension) if (field.jsonName === '') field.jsonName = toJsonName(field.name);
  return copy;
}
