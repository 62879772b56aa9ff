import type { Service } from '../../../gen/google/api/service_pb.ts';
import type { Findings } from './findings.ts';

/** One method of `apis`. */
export interface ApiMethod {
  /** API name and method name joined by a dot. */
  readonly selector: string;
  readonly apiName: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly requestTypeUrl: string;
  /** Either direction is a stream. */
  readonly isStreaming: boolean;
}

const discoveryPrefix = 'google.discovery';

/**
 * All methods of a config in order, but for those of the discovery API, which proxies do not serve. A config without
 * any API is an error. Source: espv2 configinfo.
 */
export function listApiMethods(service: Service, findings: Findings): readonly ApiMethod[] {
  if (service.apis.length === 0)
    findings.error('no-apis', 'toplevel', 'service config must have one api at least');
  const methods: ApiMethod[] = [];
  for (const api of service.apis) {
    if (api.name.startsWith(discoveryPrefix)) {
      findings.warn('discovery-api', `api '${api.name}'`, 'the discovery API is not served');
      continue;
    }
    for (const method of api.methods) {
      methods.push({
        selector: `${api.name}.${method.name}`,
        apiName: api.name,
        apiVersion: api.version,
        name: method.name,
        requestTypeUrl: method.requestTypeUrl,
        isStreaming: method.requestStreaming || method.responseStreaming,
      });
    }
  }
  return methods;
}
