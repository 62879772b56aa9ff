import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { HttpTemplate } from '../../protocol/http-template/http-template.ts';
import { parseHttpTemplate } from '../../protocol/http-template/parse-http-template.ts';
import { bindingsOf } from '../rules/http/http-binding.ts';

/** A binding with its template parsed. */
export interface Route {
  readonly method: string;
  readonly template: HttpTemplate;
  readonly selector: string;
  readonly rule: HttpRule;
}

/** All routes of a config whose templates parse. */
export function routesOf(service: Service): Route[] {
  return (service.http?.rules ?? []).flatMap((rule) =>
    bindingsOf(rule).flatMap(({ method, path, rule: binding }) => {
      const parsed = parseHttpTemplate(path);
      if (parsed.kind === 'error') return [];
      return [{ method, template: parsed.template, selector: rule.selector, rule: binding }];
    }),
  );
}
