import type { Api, Enum, Method, Type } from '@bufbuild/protobuf/wkt';
import type { AuthenticationRule, AuthProvider } from '../../gen/google/api/auth_pb.ts';
import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import type { MetricRule } from '../../gen/google/api/quota_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { SystemParameterRule } from '../../gen/google/api/system_parameter_pb.ts';
import type { UsageRule } from '../../gen/google/api/usage_pb.ts';
import { templateShape } from '../../protocol/http-template/http-template.ts';
import { parseHttpTemplate } from '../../protocol/http-template/parse-http-template.ts';
import { bindingsOf } from '../rules/http/http-binding.ts';
import { hasProtobufClients } from './comparison-scope.ts';
import { fieldPath, indexedPath, keyedPath, rulePath } from './element-path.ts';
import { RuleTable } from './rule-table.ts';

/** A verb on a url template, as callers know it. */
export interface RouteView {
  /** `GET /books/{id}`. */
  readonly label: string;
  /** Equal for routes that take the same requests, whatever their variables are called. */
  readonly key: string;
  readonly element: string;
  /** Url template as written. */
  readonly path: string;
  readonly binding: HttpRule;
  readonly operation: OperationView;
}

/** One method with everything that its config says of it. */
export interface OperationView {
  readonly selector: string;
  /** Its first route, or its selector when it has none. */
  readonly label: string;
  readonly element: string;
  readonly api: Api;
  readonly method: Method;
  readonly routes: readonly RouteView[];
  readonly usage: UsageRule | undefined;
  readonly authentication: AuthenticationRule | undefined;
  readonly backend: BackendRule | undefined;
  readonly costs: MetricRule | undefined;
  readonly parameters: SystemParameterRule | undefined;
}

/** A config as callers meet it. */
export interface ServiceView {
  readonly service: Service;
  readonly operations: ReadonlyMap<string, OperationView>;
  readonly routes: ReadonlyMap<string, RouteView>;
  readonly types: ReadonlyMap<string, Type>;
  readonly enums: ReadonlyMap<string, Enum>;
  readonly providers: ReadonlyMap<string, AuthProvider>;
  /** See {@link hasProtobufClients}. */
  readonly hasProtobufClients: boolean;
}

/** Arranges a config by its operations and routes. */
export function viewService(service: Service): ServiceView {
  const operations = viewOperations(service);
  const routes = new Map<string, RouteView>();
  for (const { routes: own } of operations.values()) for (const route of own) routes.set(route.key, route);
  return {
    service,
    operations,
    routes,
    types: byName(service.types),
    enums: byName(service.enums),
    providers: new Map((service.authentication?.providers ?? []).map((provider) => [provider.id, provider])),
    hasProtobufClients: hasProtobufClients(service),
  };
}

function viewOperations(service: Service): Map<string, OperationView> {
  const http = new RuleTable(service.http?.rules);
  const usage = new RuleTable(service.usage?.rules);
  const authentication = new RuleTable(service.authentication?.rules);
  const backend = new RuleTable(service.backend?.rules);
  const costs = new RuleTable(service.quota?.metricRules);
  const parameters = new RuleTable(service.systemParameters?.rules);
  const view = (api: Api, method: Method): OperationView => {
    const selector = `${api.name}.${method.name}`;
    const routes: RouteView[] = [];
    const operation: OperationView = {
      selector,
      get label() {
        return routes[0]?.label ?? selector;
      },
      element: keyedPath(fieldPath(keyedPath('apis', 'name', api.name), 'methods'), 'name', method.name),
      api,
      method,
      routes,
      usage: usage.find(selector),
      authentication: authentication.find(selector),
      backend: backend.find(selector),
      costs: costs.find(selector),
      parameters: parameters.find(selector),
    };
    routes.push(...viewRoutes(http.find(selector), operation));
    return operation;
  };
  return new Map(
    service.apis
      .flatMap((api) => api.methods.map((method) => view(api, method)))
      .map((operation) => [operation.selector, operation]),
  );
}

function viewRoutes(rule: HttpRule | undefined, operation: OperationView): RouteView[] {
  if (rule === undefined) return [];
  return bindingsOf(rule).map(({ method, path, rule: binding }) => {
    const parsed = parseHttpTemplate(path);
    const shape = parsed.kind === 'template' ? templateShape(parsed.template) : path;
    const more = rule.additionalBindings.indexOf(binding);
    const element =
      more < 0
        ? rulePath('http.rules', rule.selector, binding.pattern.case ?? '')
        : indexedPath(rulePath('http.rules', rule.selector, 'additional_bindings'), more);
    return { label: `${method} ${path}`, key: `${method} ${shape}`, element, path, binding, operation };
  });
}

function byName<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}
