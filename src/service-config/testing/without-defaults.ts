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
  keepOwn(rest, 'types');
  keepOwn(rest, 'enums');
  return withoutContents(rest);
}

/** Descriptions of `google.protobuf` types are the same everywhere; `well-known-types.test.ts` checks them. */
function keepOwn(service: JsonObject, section: 'types' | 'enums'): void {
  const own = ((service[section] ?? []) as JsonObject[]).filter(
    ({ name }) => !String(name).startsWith('google.protobuf.'),
  );
  if (own.length > 0) service[section] = own;
  else delete service[section];
}

/** The submitted files stand beside the golden config. */
function withoutContents(service: JsonObject): JsonObject {
  const { sourceFiles } = (service['sourceInfo'] ?? {}) as { readonly sourceFiles?: readonly JsonObject[] };
  if (sourceFiles === undefined) return service;
  const named = sourceFiles.map(({ filePath, fileType }) => ({ filePath, fileType }) as JsonObject);
  return { ...service, sourceInfo: { sourceFiles: named } };
}
