import { comparePatterns } from '../../../protocol/http-template/compare-templates.ts';
import { templateShape } from '../../../protocol/http-template/http-template.ts';
import {
  describeTemplateError,
  parseHttpTemplate,
} from '../../../protocol/http-template/parse-http-template.ts';
import type { MethodBackend, MethodConfig } from '../method-config.ts';
import type { RoutePattern } from '../route-table.ts';
import type { SnapshotOptions } from '../snapshot-options.ts';
import { defaultApiKeyLocations } from './compile-policies.ts';
import type { Findings } from './findings.ts';

/** Name of the operation behind generated OPTIONS rows in v1. Source: esp config.cc. */
const sharedCorsName = 'CORS';

/**
 * OPTIONS rows for `allow_cors`: one for each url template without an OPTIONS row of its own, to the backend of the
 * template's first operation. They need neither key nor token. Source: espv2 cors route generator.
 */
export function corsPatterns(
  backend: readonly RoutePattern[],
  delimiter: string | undefined,
): readonly RoutePattern[] {
  const sorted = backend.toSorted((a, b) => comparePatterns(ordered(a), ordered(b)));
  const served = new Set(
    backend.filter((p) => p.httpMethod === 'OPTIONS').map((p) => templateShape(p.template)),
  );
  const methods = new Map<string, MethodConfig>();
  const patterns: RoutePattern[] = [];
  for (const source of sorted) {
    const shape = templateShape(source.template);
    if (served.has(shape)) continue;
    served.add(shape);
    const config = corsMethod(source.method, delimiter);
    // Rows of one operation share its CORS twin, as long as they share its backend.
    const key = `${config.selector} ${source.method.selector} ${source.method.backend.cluster}`;
    const method = methods.get(key) ?? config;
    methods.set(key, method);
    patterns.push({ ...source, httpMethod: 'OPTIONS', method, body: '', responseBody: '' });
  }
  return patterns;
}

/** The row of `--healthz`; undefined without the flag or when its path is none. */
export function healthPattern(
  options: SnapshotOptions,
  backend: MethodBackend,
  findings: Findings,
): RoutePattern | undefined {
  if (options.healthPath === undefined) return undefined;
  const path = options.healthPath.startsWith('/') ? options.healthPath : `/${options.healthPath}`;
  const parsed = parseHttpTemplate(path);
  if (parsed.kind === 'error') {
    findings.error('invalid-healthz-path', '--healthz', describeTemplateError(path, parsed));
    return undefined;
  }
  const name = `${options.healthCheckOperationPrefix}_HealthCheck`;
  const method: MethodConfig = {
    selector: `${options.healthCheckOperation}.${name}`,
    name,
    apiName: options.healthCheckOperation,
    apiVersion: '',
    template: path,
    origin: 'health',
    allowUnregisteredCalls: true,
    skipServiceControl: true,
    apiKeyLocations: defaultApiKeyLocations,
    authentication: undefined,
    metricCosts: [],
    backend,
  };
  return {
    httpMethod: 'GET',
    template: parsed.template,
    method,
    kind: 'http',
    body: '',
    responseBody: '',
  };
}

function corsMethod(source: MethodConfig, delimiter: string | undefined): MethodConfig {
  const selector = delimiter === undefined ? sharedCorsName : `${source.apiName}${delimiter}${source.name}`;
  const name = delimiter === undefined ? sharedCorsName : selector.slice(source.apiName.length + 1);
  return {
    ...source,
    selector,
    name,
    origin: 'cors',
    allowUnregisteredCalls: true,
    authentication: undefined,
    metricCosts: [],
  };
}

function ordered(pattern: RoutePattern): { method: string; template: RoutePattern['template'] } {
  return { method: pattern.httpMethod, template: pattern.template };
}
