import { createRegistry, toJson } from '@bufbuild/protobuf';
import type { JsonValue, Registry } from '@bufbuild/protobuf';
import { BoolValueSchema, file_google_protobuf_wrappers } from '@bufbuild/protobuf/wkt';

import type { Service } from '../gen/google/api/service_pb.ts';
import { ServiceSchema } from '../gen/google/api/service_pb.ts';
import { ConfigFileSchema } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';

/** The types that a service config holds in `google.protobuf.Any`: option values and source files. */
export const serviceRegistry: Registry = createRegistry(
  BoolValueSchema,
  ...file_google_protobuf_wrappers.messages,
  ConfigFileSchema,
);

/** ProtoJSON of a service config, as Service Management shows it. */
export function serviceToJson(service: Service): JsonValue {
  return toJson(ServiceSchema, service, { registry: serviceRegistry });
}
