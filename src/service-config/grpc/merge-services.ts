import { merge } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { ApiSchema, EnumSchema, TypeSchema } from '@bufbuild/protobuf/wkt';

import { EndpointSchema } from '../../gen/google/api/endpoint_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';

/**
 * Merges the documents of one service into the first: single values of later ones win, lists are joined, and what has
 * a name of its own (APIs, endpoints, types) is one thing in all documents. There is at least one document.
 */
export function mergeServices(services: readonly Service[]): Service {
  const [merged, ...others] = services;
  if (merged === undefined) throw new TypeError('there is no document to merge');
  for (const service of others) merge(ServiceSchema, merged, service);
  if (others.length === 0) return merged;
  merged.apis = mergeNamed(ApiSchema, merged.apis);
  merged.endpoints = mergeNamed(EndpointSchema, merged.endpoints);
  merged.types = mergeNamed(TypeSchema, merged.types);
  merged.enums = mergeNamed(EnumSchema, merged.enums);
  return merged;
}

function mergeNamed<Desc extends DescMessage>(
  schema: Desc,
  items: ReadonlyArray<MessageShape<Desc> & { readonly name: string }>,
): Array<MessageShape<Desc> & { readonly name: string }> {
  const byName = new Map<string, MessageShape<Desc> & { readonly name: string }>();
  for (const item of items) {
    const known = byName.get(item.name);
    if (known === undefined) byName.set(item.name, item);
    else merge(schema, known, item);
  }
  return [...byName.values()];
}
