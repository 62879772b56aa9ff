import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { unknownLocation } from '../diagnostics/collector.ts';

/** Within one document, no two APIs, methods of an API, types or enums have one name: which of them counts would be chance. */
export function checkUnique(service: Service, context: CompileContext): void {
  check('API', service.apis, context);
  for (const api of service.apis) check(`Method of API '${api.name}'`, api.methods, context);
  check('Type', service.types, context);
  check('Enum', service.enums, context);
  check('Endpoint', service.endpoints, context);
}

function check(what: string, items: ReadonlyArray<{ readonly name: string }>, context: CompileContext): void {
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item.name)) report(what, item, context);
    seen.add(item.name);
  }
}

function report(what: string, item: { readonly name: string }, context: CompileContext): void {
  const origin = context.origins.of(item);
  context.diagnostics.error({
    rule: 'duplicate-definition',
    location: origin?.location ?? unknownLocation,
    message: `${what} '${item.name}' is defined more than once.`,
    at: origin?.place,
  });
}
