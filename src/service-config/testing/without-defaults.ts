import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

import { metricPrefix } from '../defaults/metrics.ts';

/** ProtoJSON of a config without what `addServiceDefaults` adds to every one, so that golden files show the rest. */
export function withoutDefaults(service: JsonValue): JsonObject {
  const { logs: _logs, logging: _logging, monitoring: _monitoring, ...rest } = service as JsonObject;
  delete rest['monitoredResources'];
  const metrics = (rest['metrics'] ?? []) as JsonObject[];
  const own = metrics.filter(({ name }) => !String(name).startsWith(metricPrefix));
  if (own.length > 0) rest['metrics'] = own;
  else delete rest['metrics'];
  return withoutWellKnownTypes(rest);
}

/** Descriptions of `google.protobuf` types are the same everywhere; `well-known-types.test.ts` checks them. */
function withoutWellKnownTypes(service: JsonObject): JsonObject {
  const own = ((service['types'] ?? []) as JsonObject[]).filter(
    ({ name }) => !String(name).startsWith('google.protobuf.'),
  );
  delete service['enums'];
  if (own.length > 0) service['types'] = own;
  else delete service['types'];
  return service;
}
