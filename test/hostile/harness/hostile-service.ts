import type { JsonObject } from '@bufbuild/protobuf';

export const hostileServiceName = 'hostile.endpoints.example.cloud.goog';
const apiName = '1.hostile_endpoints_example_cloud_goog';

/** One operation: `METHOD template`, and what its backend rule and usage say. */
export interface HostileOperation {
  readonly row: string;
  /** A BackendRule without its selector. */
  readonly backend?: JsonObject;
  /** Calls need an API key. */
  readonly needsKey?: true;
}

/** A service config with these operations, named `Op0`, `Op1`, … in their order. */
export function hostileService(operations: readonly HostileOperation[], hasControl?: boolean): JsonObject {
  const selector = (index: number): string => `${apiName}.Op${index}`;
  return {
    name: hostileServiceName,
    id: 'config-1',
    producerProjectId: 'producer-project',
    apis: [
      { name: apiName, version: '1', methods: operations.map((_one, index) => ({ name: `Op${index}` })) },
    ],
    http: { rules: operations.map(({ row }, index) => httpRule(selector(index), row)) },
    usage: {
      rules: operations.map(({ needsKey }, index) => ({
        selector: selector(index),
        allowUnregisteredCalls: needsKey !== true,
      })),
    },
    backend: {
      rules: operations.flatMap(({ backend }, index) =>
        backend === undefined ? [] : [{ selector: selector(index), disableAuth: true, ...backend }],
      ),
    },
    ...(hasControl === true && { control: { environment: 'servicecontrol.example.com' } }),
  };
}

function httpRule(selector: string, row: string): JsonObject {
  const [method = '', template = ''] = row.split(' ');
  const verb = method.toLowerCase();
  return ['get', 'put', 'post', 'delete', 'patch'].includes(verb)
    ? { selector, [verb]: template }
    : { selector, custom: { kind: method, path: template } };
}
