import { create, getOption, hasOption } from '@bufbuild/protobuf';
import type { DescMethod, MessageInitShape } from '@bufbuild/protobuf';
import { http } from '../../gen/google/api/annotations_pb.ts';
import { HttpRuleSchema } from '../../gen/google/api/http_pb.ts';
import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import {
  describeTemplateError,
  parseHttpTemplate,
} from '../../protocol/http-template/parse-http-template.ts';
import type { HttpTemplate } from '../../protocol/http-template/http-template.ts';

/** One way to reach a method over HTTP. */
export interface HttpBinding {
  /** HTTP method in upper case. */
  readonly verb: string;
  readonly template: HttpTemplate;
  /** `*` for the whole request, a field's proto name, or '' for none. */
  readonly body: string;
}

/**
 * Paths that Google serves and its published protos lack, by full method name: operations answer under the version of
 * the API that started them.
 */
const unpublishedRules: Readonly<Record<string, readonly MessageInitShape<typeof HttpRuleSchema>[]>> = {
  'google.longrunning.Operations.GetOperation': [
    { pattern: { case: 'get', value: '/v2/{name=operations/**}' } },
    { pattern: { case: 'get', value: '/v1beta1/{name=operations/**}' } },
  ],
};

/** The bindings that `google.api.http` declares, the additional ones after the first. Throws TypeError on a bad rule. */
export function httpBindings(method: DescMethod): readonly HttpBinding[] {
  const declared = hasOption(method, http) ? [getOption(method, http)] : [];
  const unpublished = unpublishedRules[`${method.parent.typeName}.${method.name}`] ?? [];
  return [
    ...declared.flatMap((rule) => [rule, ...rule.additionalBindings]),
    ...unpublished.map((rule) => create(HttpRuleSchema, rule)),
  ].map((rule) => toBinding(method, rule));
}

function toBinding(method: DescMethod, rule: HttpRule): HttpBinding {
  const { pattern } = rule;
  if (pattern.case === undefined) throw new TypeError(`${method} has an HTTP rule without a pattern`);
  const [verb, path] =
    pattern.case === 'custom'
      ? [pattern.value.kind, pattern.value.path]
      : [pattern.case.toUpperCase(), pattern.value];
  const parsed = parseHttpTemplate(path);
  if (parsed.kind === 'error') throw new TypeError(`${method}: ${describeTemplateError(path, parsed)}`);
  return { verb, template: parsed.template, body: rule.body };
}
