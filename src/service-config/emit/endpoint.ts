import { create } from '@bufbuild/protobuf';

import type { Endpoint } from '../../gen/google/api/endpoint_pb.ts';
import { EndpointSchema } from '../../gen/google/api/endpoint_pb.ts';
import type { ApiModel } from '../model/api-model.ts';
import type { Origins } from '../model/origins.ts';

/** The service's one endpoint: what the documents say of it, or nothing but its name. */
export function emitEndpoint(name: string, models: readonly ApiModel[], origins: Origins): Endpoint {
  const endpoint = models.find((model) => model.endpoint !== undefined)?.endpoint;
  if (endpoint !== undefined) return endpoint;
  const [model] = models;
  const plain = create(EndpointSchema, { name });
  return model === undefined ? plain : origins.set(plain, { place: model.place, location: model.fileName });
}
