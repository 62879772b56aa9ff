import { create, equals } from '@bufbuild/protobuf';

import type { Endpoint } from '../../gen/google/api/endpoint_pb.ts';
import { EndpointSchema } from '../../gen/google/api/endpoint_pb.ts';
import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { ApiModel } from '../model/api-model.ts';

/** The service's one endpoint: what the documents say of it, or nothing but its name. */
export function emitEndpoint(name: string, models: readonly ApiModel[], context: CompileContext): Endpoint {
  const said = models.flatMap(({ endpoint }) => endpoint ?? []);
  const [first] = said;
  if (first === undefined) return plainEndpoint(name, models, context);
  const other = said.find((endpoint) => !equals(EndpointSchema, endpoint, first));
  if (other !== undefined) reportConflict(other, context);
  return first;
}

function plainEndpoint(name: string, models: readonly ApiModel[], context: CompileContext): Endpoint {
  const [model] = models;
  const endpoint = create(EndpointSchema, { name });
  if (model === undefined) return endpoint;
  return context.origins.set(endpoint, { place: model.root, location: model.fileName });
}

/** Of two documents that differ, one would silently decide whether preflight requests pass. */
function reportConflict(endpoint: Endpoint, context: CompileContext): void {
  const origin = context.origins.of(endpoint);
  context.diagnostics.error({
    rule: 'endpoint-conflict',
    location: origin?.location ?? toplevelLocation,
    message: `The endpoint '${endpoint.name}' is defined differently in another OpenAPI file.`,
    at: origin?.place,
  });
}
