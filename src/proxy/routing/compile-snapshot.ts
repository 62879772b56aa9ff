import type { Service } from '../../gen/google/api/service_pb.ts';
import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import type { Diagnostic } from '../../service-config/diagnostic.ts';
import type { ConfigSnapshot } from '../config-snapshot.ts';
import { buildRouteTable, findDuplicatePatterns, rowKey } from './build-route-table.ts';
import { listApiMethods } from './compile/api-methods.ts';
import type { ApiMethod } from './compile/api-methods.ts';
import { BackendCompiler } from './compile/compile-backends.ts';
import { compileHttpRule, grpcPattern, templateTextOf } from './compile/compile-patterns.ts';
import { PolicyCompiler } from './compile/compile-policies.ts';
import { Findings } from './compile/findings.ts';
import { corsPatterns, healthPattern } from './compile/generated-routes.ts';
import { TypeJsonNames, toJsonPath } from './compile/json-names.ts';
import type { JsonNames } from './compile/json-names.ts';
import { canonicalTemplate } from '../../protocol/http-template/http-template.ts';
import type { MethodBackend, MethodConfig } from './method-config.ts';
import type { RoutePattern } from './route-table.ts';
import type { SnapshotOptions } from './snapshot-options.ts';

/** `snapshot` is present exactly when no diagnostic is an error. */
export interface SnapshotResult {
  readonly snapshot: ConfigSnapshot | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a service config for serving. Pure; whatever the config holds, the answer is a result. What ESPv2 refuses at
 * start-up is an error here: no APIs, templates that do not parse, two rows for the same requests, bad backend
 * addresses. Source: espv2 configinfo and configgenerator.
 */
export function compileSnapshot(service: Service, options: SnapshotOptions): SnapshotResult {
  const findings = new Findings();
  const snapshot = new SnapshotCompiler(service, options, findings).compile();
  return { snapshot: findings.hasErrors ? undefined : snapshot, diagnostics: findings.diagnostics };
}

class SnapshotCompiler {
  readonly #service: Service;
  readonly #options: SnapshotOptions;
  readonly #findings: Findings;
  readonly #backends: BackendCompiler;
  readonly #policies: PolicyCompiler;
  readonly #jsonNames: TypeJsonNames;
  readonly #httpRules: ReadonlyMap<string, HttpRule>;

  readonly #methods = new Map<string, MethodConfig>();
  readonly #patterns: RoutePattern[] = [];

  constructor(service: Service, options: SnapshotOptions, findings: Findings) {
    this.#service = service;
    this.#options = options;
    this.#findings = findings;
    this.#backends = new BackendCompiler(service, options, findings);
    this.#policies = new PolicyCompiler(service, options, findings);
    this.#jsonNames = new TypeJsonNames(service, findings);
    // Of two rules for a selector the last one counts. Source: espv2 http pattern generator.
    this.#httpRules = new Map(service.http?.rules.map((rule) => [rule.selector, rule]));
  }

  compile(): ConfigSnapshot {
    const methods = listApiMethods(this.#service, this.#findings);
    for (const method of methods) this.#addMethod(method);
    if (this.#backends.requiresGrpc) this.#addGrpcPatterns(methods);
    const allowsCors = this.#allowsCors();
    const cors = allowsCors ? corsPatterns(this.#patterns, this.#options.corsOperationDelimiter) : [];
    const health = healthPattern(this.#options, this.#backends.local(), this.#findings);
    for (const { method } of cors) this.#methods.set(method.selector, method);
    if (health !== undefined) this.#methods.set(health.method.selector, health.method);
    this.#reportDuplicates(health);
    return {
      serviceName: this.#service.name,
      configId: this.#service.id,
      rolloutId: this.#options.rolloutId,
      service: this.#service,
      routes: buildRouteTable({ backend: this.#patterns, cors, health }, this.#options.routes),
      methods: this.#methods,
      clusters: this.#backends.clusters,
      hasServiceControl: (this.#service.control?.environment ?? '') !== '',
      requiresGrpc: this.#backends.requiresGrpc,
      allowsCors,
      rewritesPaths: [...this.#methods.values()].some((m) => m.backend.pathTranslation !== undefined),
      localCluster: this.#backends.localCluster,
    };
  }

  #addMethod(method: ApiMethod): void {
    const backends = this.#backends.compile(method);
    if (backends === undefined) return;
    const rule = this.#httpRules.get(method.selector);
    const config: MethodConfig = {
      selector: method.selector,
      name: method.name,
      apiName: method.apiName,
      apiVersion: method.apiVersion,
      template: templateTextOf(rule),
      origin: 'config',
      ...this.#policies.compile(method.selector),
      backend: backends.main,
    };
    const names = this.#jsonNames.of(method.requestTypeUrl);
    const patterns = rule === undefined ? [] : compileHttpRule(rule, config, this.#findings);
    const main = { ...config, backend: withQueryNames(backends.main, patterns, names) };
    const http = backends.http === undefined ? main : { ...config, backend: backends.http };
    this.#methods.set(main.selector, main);
    for (const pattern of patterns) this.#addPattern({ ...pattern, method: http });
  }

  #addPattern(pattern: RoutePattern): void {
    if (this.#options.ignoreRootTemplate && pattern.template.segments.length === 0) {
      const location = `http rule for '${pattern.method.selector}'`;
      this.#findings.warn('root-template', location, "the url template '/' is not served");
      return;
    }
    this.#patterns.push(pattern);
  }

  /** An http rule of the same method may say the same as its gRPC path; it then stands alone. */
  #addGrpcPatterns(methods: readonly ApiMethod[]): void {
    const ruled = new Set(this.#patterns.map((pattern) => `${pattern.method.selector} ${rowKey(pattern)}`));
    for (const { selector } of methods) {
      const method = this.#methods.get(selector);
      const pattern = method === undefined ? undefined : grpcPattern(method, this.#findings);
      if (pattern !== undefined && !ruled.has(`${selector} ${rowKey(pattern)}`)) this.#patterns.push(pattern);
    }
  }

  #allowsCors(): boolean {
    const { endpoints, name } = this.#service;
    return endpoints.some((endpoint) => endpoint.name === name && endpoint.allowCors);
  }

  #reportDuplicates(health: RoutePattern | undefined): void {
    const all = health === undefined ? this.#patterns : [...this.#patterns, health];
    for (const pattern of findDuplicatePatterns(all)) {
      const text = `${pattern.httpMethod} ${canonicalTemplate(pattern.template)}`;
      this.#findings.error(
        'duplicate-http-pattern',
        `http rule for '${pattern.method.selector}'`,
        `${pattern.method.selector} has duplicate http pattern \`${text}\``,
      );
    }
  }
}

/** Puts the query names of the variables of all templates into a constant path translation. */
function withQueryNames(
  backend: MethodBackend,
  patterns: readonly RoutePattern[],
  names: JsonNames,
): MethodBackend {
  const { pathTranslation } = backend;
  if (pathTranslation?.kind !== 'constant' || names.size === 0) return backend;
  const queryNames = new Map<string, string>();
  for (const { fieldPath } of patterns.flatMap((pattern) => pattern.template.variables)) {
    const jsonPath = toJsonPath(fieldPath, names);
    if (jsonPath !== fieldPath) queryNames.set(fieldPath, jsonPath);
  }
  return queryNames.size === 0
    ? backend
    : { ...backend, pathTranslation: { ...pathTranslation, queryNames } };
}
