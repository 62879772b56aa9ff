import type { DescField } from '@bufbuild/protobuf';
import type { Service } from '../../gen/google/api/service_pb.ts';

/** Says of a field whether it belongs to a comparison. */
export type ComparisonScope = (field: DescField) => boolean;

/** What a server or a file system wrote, and no author. */
const bookkeeping: ReadonlySet<string> = new Set(['google.api.Service.id', 'google.api.Service.source_info']);

/**
 * What two configs are compared by: everything but their ids, the files they were made from, the producer project where
 * only one of them names it, and field numbers where no protobuf client can be: there they follow from the order in which
 * a document lists its properties.
 */
export function comparisonScope(old: Service, next: Service): ComparisonScope {
  const ignored = new Set(bookkeeping);
  if (old.producerProjectId === '' || next.producerProjectId === '')
    ignored.add('google.api.Service.producer_project_id');
  if (!hasProtobufClients(old) && !hasProtobufClients(next)) ignored.add('google.protobuf.Field.number');
  return (field) =>
    field.message?.typeName !== 'google.protobuf.SourceContext' &&
    !ignored.has(`${field.parent.typeName}.${field.name}`);
}

/** Whether a service is called with protobuf messages: its APIs come from .proto files, or its backends speak gRPC. */
export function hasProtobufClients(service: Service): boolean {
  return (
    service.apis.some((api) => api.sourceContext?.fileName.endsWith('.proto') === true) ||
    (service.backend?.rules ?? []).some(({ address }) => /^grpcs?:/i.test(address))
  );
}
