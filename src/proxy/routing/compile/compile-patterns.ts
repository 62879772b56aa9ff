import type { HttpRule } from '../../../gen/google/api/http_pb.ts';
import {
  describeTemplateError,
  parseHttpTemplate,
} from '../../../protocol/http-template/parse-http-template.ts';
import type { MethodConfig } from '../method-config.ts';
import type { RoutePattern } from '../route-table.ts';
import type { Findings } from './findings.ts';

/** Verb and url template of one binding, as the rule wrote them. */
interface Binding {
  readonly httpMethod: string;
  readonly path: string;
}

/** The rows that an http rule makes: its own and one for each additional binding. Source: google/api/http.proto. */
export function compileHttpRule(rule: HttpRule, method: MethodConfig, findings: Findings): RoutePattern[] {
  const patterns: RoutePattern[] = [];
  for (const one of [rule, ...rule.additionalBindings]) {
    const location = `http rule for '${method.selector}'`;
    const binding = bindingOf(one);
    if (binding === undefined) {
      findings.error('http-rule-without-pattern', location, 'the http rule has no pattern');
      continue;
    }
    const parsed = parseHttpTemplate(binding.path);
    if (parsed.kind === 'error') {
      findings.error('invalid-http-template', location, describeTemplateError(binding.path, parsed));
      continue;
    }
    const { template } = parsed;
    const { body, responseBody } = one;
    patterns.push({ httpMethod: binding.httpMethod, template, method, kind: 'http', body, responseBody });
  }
  return patterns;
}

/** The row that every method has where gRPC is served: `POST /<api>/<method>`. */
export function grpcPattern(method: MethodConfig, findings: Findings): RoutePattern | undefined {
  const path = `/${method.apiName}/${method.name}`;
  const parsed = parseHttpTemplate(path);
  if (parsed.kind === 'error') {
    findings.error('invalid-method-name', `method '${method.selector}'`, describeTemplateError(path, parsed));
    return undefined;
  }
  return {
    httpMethod: 'POST',
    template: parsed.template,
    method,
    kind: 'grpc',
    body: '*',
    responseBody: '',
  };
}

/** The url template of a rule's own binding; '' when it has none. */
export function templateTextOf(rule: HttpRule | undefined): string {
  return rule === undefined ? '' : (bindingOf(rule)?.path ?? '');
}

function bindingOf({ pattern }: HttpRule): Binding | undefined {
  switch (pattern.case) {
    case undefined:
      return undefined;
    case 'custom':
      return { httpMethod: pattern.value.kind, path: pattern.value.path };
    default:
      return { httpMethod: pattern.case.toUpperCase(), path: pattern.value };
  }
}
