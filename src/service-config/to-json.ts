import { createRegistry, toJson } from '@bufbuild/protobuf';
import type { JsonValue, Registry } from '@bufbuild/protobuf';
import { file_google_protobuf_wrappers } from '@bufbuild/protobuf/wkt';

import { file_google_api_annotations } from '../gen/google/api/annotations_pb.ts';
import { file_google_api_client } from '../gen/google/api/client_pb.ts';
import { file_google_api_field_behavior } from '../gen/google/api/field_behavior_pb.ts';
import { file_google_api_http } from '../gen/google/api/http_pb.ts';
import { file_google_api_resource } from '../gen/google/api/resource_pb.ts';
import type { Service } from '../gen/google/api/service_pb.ts';
import { ServiceSchema } from '../gen/google/api/service_pb.ts';
import { ConfigFileSchema } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';

/** The types that a service config holds in `google.protobuf.Any`: option values and source files. */
export const serviceRegistry: Registry = createRegistry(
  file_google_protobuf_wrappers,
  file_google_api_annotations,
  file_google_api_http,
  file_google_api_field_behavior,
  file_google_api_client,
  file_google_api_resource,
  ConfigFileSchema,
);

/** ProtoJSON of a service config, as Service Management shows it. */
export function serviceToJson(service: Service): JsonValue {
  return toJson(ServiceSchema, service, { registry: serviceRegistry });
}
