import { create } from '@bufbuild/protobuf';

import { AuthenticationSchema } from '../../gen/google/api/auth_pb.ts';
import { ControlSchema } from '../../gen/google/api/control_pb.ts';
import { EndpointSchema } from '../../gen/google/api/endpoint_pb.ts';
import { HttpSchema } from '../../gen/google/api/http_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { SystemParametersSchema } from '../../gen/google/api/system_parameter_pb.ts';
import { UsageSchema } from '../../gen/google/api/usage_pb.ts';
import { addServiceDefaults, defaultControlEnvironment } from '../defaults/service-defaults.ts';

/**
 * Fills in what a document may leave open: the endpoint named like the service, the control environment, empty sections.
 * A method without a usage rule requires an API key. Changes `service` and returns it.
 */
export function addGrpcDefaults(service: Service): Service {
  if (service.endpoints.length === 0) service.endpoints = [create(EndpointSchema, { name: service.name })];
  service.control ??= create(ControlSchema);
  if (service.control.environment === '') service.control.environment = defaultControlEnvironment;
  service.http ??= create(HttpSchema);
  service.authentication ??= create(AuthenticationSchema);
  service.usage ??= create(UsageSchema);
  service.systemParameters ??= create(SystemParametersSchema);
  return addServiceDefaults(service);
}
