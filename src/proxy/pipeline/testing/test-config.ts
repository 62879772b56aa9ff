import { create } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../../gen/google/api/service_pb.ts';
import { parseHttpTemplate } from '../../../protocol/http-template/parse-http-template.ts';
import type { ConfigSnapshot } from '../../config-snapshot.ts';
import { defaultApiKeyLocations } from '../../stages/extract-api-key.ts';
import type { MethodConfig } from '../../routing/method-config.ts';
import type { RouteResult } from '../../routing/route-table.ts';

export const testCluster = 'local';

/** An operation that lets everybody in, with what the test says. */
export function testMethod(parts: Partial<MethodConfig> = {}): MethodConfig {
  return {
    selector: '1.test.Echo',
    name: 'Echo',
    apiName: '1.test',
    apiVersion: '1.0.0',
    template: '/echo',
    origin: 'config',
    allowUnregisteredCalls: true,
    skipServiceControl: false,
    apiKeyLocations: defaultApiKeyLocations,
    authentication: undefined,
    metricCosts: [],
    ...parts,
    backend: {
      cluster: testCluster,
      protocol: 'http/1.1',
      pathTranslation: undefined,
      hostRewrite: undefined,
      deadlineMs: 15_000,
      idleTimeoutMs: 300_000,
      jwtAudience: undefined,
      ...parts.backend,
    },
  };
}

/** One operation, reached by its template with any verb but DELETE; everything else is unknown. */
export function testSnapshot(method: MethodConfig, parts: Partial<ConfigSnapshot> = {}): ConfigSnapshot {
  const parsed = parseHttpTemplate(method.template);
  if (parsed.kind !== 'template') throw new TypeError(`bad template ${method.template}`);
  const { template } = parsed;
  const matched: RouteResult = {
    kind: 'method',
    method,
    pattern: { httpMethod: '*', template, method, kind: 'http', body: '', responseBody: '' },
    bindings: [],
  };
  const notAllowed: RouteResult = {
    kind: 'methodNotAllowed',
    template: method.template,
    allowedMethods: ['GET'],
  };
  return {
    serviceName: 'echo.example.com',
    configId: '2026-01-01r0',
    rolloutId: '2026-01-01r0',
    service: create(ServiceSchema),
    routes: {
      match(verb, path) {
        if (path !== method.template) return { kind: 'notFound' };
        return verb === 'DELETE' ? notAllowed : matched;
      },
    },
    methods: new Map([[method.selector, method]]),
    clusters: new Map(),
    hasServiceControl: true,
    requiresGrpc: false,
    allowsCors: false,
    localCluster: testCluster,
    ...parts,
  };
}
