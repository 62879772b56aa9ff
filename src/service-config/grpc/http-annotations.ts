import { getExtension, hasExtension } from '@bufbuild/protobuf';

import { http } from '../../gen/google/api/annotations_pb.ts';
import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import type { Descriptors } from './descriptors.ts';

/** The `google.api.http` annotations of all methods of a service, as http rules with their selectors. */
export function httpAnnotations(
  service: Service,
  descriptors: Descriptors,
  context: CompileContext,
): HttpRule[] {
  return service.apis.flatMap((api) =>
    api.methods.flatMap((method) => {
      const selector = `${api.name}.${method.name}`;
      const proto = descriptors.names.methods.get(selector)?.proto;
      if (proto?.options === undefined || !hasExtension(proto.options, http)) return [];
      const rule: HttpRule = { ...getExtension(proto.options, http), selector };
      const origin = context.origins.of(proto);
      if (origin !== undefined)
        for (const binding of [rule, ...rule.additionalBindings]) context.origins.set(binding, origin);
      return [rule];
    }),
  );
}
