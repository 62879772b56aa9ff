import type { Type } from '@bufbuild/protobuf/wkt';

import type { Service } from '../../../gen/google/api/service_pb.ts';
import { parseHttpTemplate } from '../../../protocol/http-template/parse-http-template.ts';
import { nameHint } from '../../diagnostics/name-hint.ts';
import type { ServiceRule } from '../service-rule.ts';
import { bindingsOf } from './http-binding.ts';
import { fieldNamed, isOfProto, typeName, typesByName } from './type-lookup.ts';

/** Fields of a rule that takes the whole request, or what is left of it. */
const wholeRequest = '*';

/** Variables of url templates and bodies are fields of the request. */
export const templateFieldsRule: ServiceRule = {
  name: 'template-field',
  location: 'unknown location',
  check(service, report) {
    const types = typesByName(service);
    const requests = requestTypes(service);
    for (const rule of service.http?.rules ?? []) {
      const request = requests.get(rule.selector);
      if (request === undefined || !types.has(request)) continue;
      for (const fieldPath of fieldPaths(rule)) {
        if (hasField(fieldPath.split('.'), request, types)) continue;
        const message = `http: undefined field '${fieldPath}' on message '${request}'.`;
        // The requests of OpenAPI are made from parameters, or are google.protobuf.Empty.
        const type = types.get(request);
        const isWritten = type !== undefined && isOfProto(type) && !request.startsWith('google.protobuf.');
        const hint = isWritten
          ? nameHint(fieldPath, new Set(type.fields.map(({ name }) => name)))
          : `Declare a parameter for '${fieldPath}'.`;
        report.error({ message, hint, on: rule });
      }
    }
  },
};

function requestTypes(service: Service): ReadonlyMap<string, string> {
  return new Map(
    service.apis.flatMap((api) =>
      api.methods.map((method) => [`${api.name}.${method.name}`, typeName(method.requestTypeUrl)] as const),
    ),
  );
}

function fieldPaths(rule: Parameters<typeof bindingsOf>[0]): string[] {
  return bindingsOf(rule).flatMap(({ path, rule: binding }) => {
    const parsed = parseHttpTemplate(path);
    const variables =
      parsed.kind === 'template' ? parsed.template.variables.map(({ fieldPath }) => fieldPath) : [];
    return binding.body === '' || binding.body === wholeRequest ? variables : [...variables, binding.body];
  });
}

function hasField(path: readonly string[], request: string, types: ReadonlyMap<string, Type>): boolean {
  const [name = '', ...rest] = path;
  const type = types.get(request);
  // A type that is not described, such as one of a descriptor, cannot be judged here.
  if (type === undefined) return true;
  const field = fieldNamed(type, name);
  if (field === undefined) return false;
  return rest.length === 0 || hasField(rest, typeName(field.typeUrl), types);
}
