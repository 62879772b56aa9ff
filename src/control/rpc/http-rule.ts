import { getOption, hasOption } from '@bufbuild/protobuf';
import type { DescMethod } from '@bufbuild/protobuf';
import { http } from '../../gen/google/api/annotations_pb.ts';
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

/** The bindings that `google.api.http` declares, the additional ones after the first. Throws TypeError on a bad rule. */
export function httpBindings(method: DescMethod): readonly HttpBinding[] {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].map((each) => toBinding(method, each));
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
