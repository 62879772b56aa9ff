import { Field_Cardinality, Field_Kind } from '@bufbuild/protobuf/wkt';
import type { Field, Method, Type } from '@bufbuild/protobuf/wkt';

import type { HttpRule } from '../../../gen/google/api/http_pb.ts';
import { parseHttpTemplate } from '../../../protocol/http-template/parse-http-template.ts';
import { nameHint } from '../../diagnostics/name-hint.ts';
import type { RuleReport, ServiceRule } from '../service-rule.ts';
import { bindingsOf } from './http-binding.ts';
import { fieldNamed, isOfProto, typeName, typesByName } from './type-lookup.ts';

/**
 * What the fields of a binding may be, google/api/http.proto: bindings nest once, and of a gRPC method, the body is one
 * message and a variable of a template one scalar. Parameters of OpenAPI may be lists; nothing has to make fields of them.
 */
export const bindingFieldsRule: ServiceRule = {
  name: 'binding-field',
  location: 'unknown location',
  check(service, report) {
    const types = typesByName(service);
    const methods = new Map<string, Method>(
      service.apis.flatMap((api) =>
        api.methods.map((method) => [`${api.name}.${method.name}`, method] as const),
      ),
    );
    for (const rule of service.http?.rules ?? []) {
      checkNesting(rule, report);
      const method = methods.get(rule.selector);
      if (method === undefined) continue;
      for (const { rule: binding, path } of bindingsOf(rule)) {
        const bound: Bound = {
          binding,
          path,
          request: types.get(typeName(method.requestTypeUrl)),
          response: types.get(typeName(method.responseTypeUrl)),
        };
        checkBody(bound, report);
        checkResponseBody(bound, report);
        checkVariables(bound, types, report);
      }
    }
  },
};

/** A binding with the types of its method; undefined for those that the config does not describe. */
interface Bound {
  readonly binding: HttpRule;
  readonly path: string;
  readonly request: Type | undefined;
  readonly response: Type | undefined;
}

const wholeRequest = "Name a field that is one message, or write body: '*' for the whole request.";

function checkNesting(rule: HttpRule, report: RuleReport): void {
  for (const binding of rule.additionalBindings) {
    if (binding.additionalBindings.length === 0) continue;
    const message = `http: additional_bindings of '${rule.selector}' have additional_bindings of their own.`;
    report.error({ message, hint: 'Write all of them in the one list.', on: binding });
  }
}

function checkBody({ binding, request }: Bound, report: RuleReport): void {
  const { body } = binding;
  if (body === '' || body === '*' || request === undefined || !isOfProto(request)) return;
  const field = fieldNamed(request, body);
  // A field that is not there is what `template-field` reports.
  if (body.includes('.'))
    report.error({
      message: `http: body field path '${body}' must be a field of the request itself.`,
      hint: wholeRequest,
      on: binding,
    });
  else if (field !== undefined && (isRepeated(field) || !isMessage(field)))
    report.error({
      message: `http: body field path '${body}' must be a non-repeated message.`,
      hint: wholeRequest,
      on: binding,
    });
}

function checkResponseBody({ binding, response }: Bound, report: RuleReport): void {
  if (binding.responseBody === '' || response === undefined) return;
  if (fieldNamed(response, binding.responseBody) !== undefined) return;
  const message = `http: undefined field '${binding.responseBody}' on message '${response.name}'.`;
  const hint = nameHint(binding.responseBody, new Set(response.fields.map(({ name }) => name)));
  report.error({ message, hint, on: binding });
}

function checkVariables(
  { binding, path, request }: Bound,
  types: ReadonlyMap<string, Type>,
  report: RuleReport,
): void {
  const parsed = parseHttpTemplate(path);
  if (parsed.kind === 'error' || request === undefined || !isOfProto(request)) return;
  for (const { fieldPath } of parsed.template.variables) {
    const fields = fieldsOn(fieldPath.split('.'), request, types);
    const leaf = fields.at(-1);
    if (leaf === undefined) continue;
    if (fields.some(isRepeated))
      report.error({
        message: `http: variable '${fieldPath}' of '${path}' is or goes through a repeated field.`,
        hint: 'Let the caller give it in the query or the body.',
        on: binding,
      });
    else if (isMessage(leaf))
      report.error({
        message: `http: variable '${fieldPath}' of '${path}' is a message; a path can hold only scalars.`,
        hint: `Write a field of it: {${fieldPath}.name}`,
        on: binding,
      });
  }
}

/** The fields of a field path; none when one of them is not there. */
function fieldsOn(path: readonly string[], start: Type, types: ReadonlyMap<string, Type>): Field[] {
  const fields: Field[] = [];
  let type: Type | undefined = start;
  for (const name of path) {
    const field: Field | undefined = type && fieldNamed(type, name);
    if (field === undefined) return [];
    fields.push(field);
    type = types.get(typeName(field.typeUrl));
  }
  return fields;
}

function isRepeated({ cardinality }: Field): boolean {
  return cardinality === Field_Cardinality.REPEATED;
}

function isMessage({ kind }: Field): boolean {
  return kind === Field_Kind.TYPE_MESSAGE || kind === Field_Kind.TYPE_GROUP;
}
