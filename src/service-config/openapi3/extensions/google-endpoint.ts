import type { Endpoint } from '../../../gen/google/api/endpoint_pb.ts';
import { EndpointSchema } from '../../../gen/google/api/endpoint_pb.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import type { SourceNode } from '../../source/source-node.ts';
import type { EndpointServer } from '../server.ts';

const extensionName = 'x-google-endpoint';

/**
 * `x-google-endpoint` of a server: the service's one endpoint, named like the server's host. `allowsCors` is what
 * `x-google-api-management` says of preflight requests; either place is enough.
 */
export function googleEndpoint(
  document: OpenapiDocument,
  server: EndpointServer,
  allowsCors: boolean,
): Endpoint {
  const endpoint = readExtensionMessage(document, extensionName, EndpointSchema, orEmpty(server.endpoint));
  if (endpoint.name !== '' && endpoint.name.toLowerCase() !== server.host) {
    document.context.diagnostics.error({
      rule: 'endpoint-name',
      location: namedLocation(document, extensionName),
      message: `OpenAPI spec is invalid. The endpoint name: '${endpoint.name}' defined in the extension '${extensionName}' is different than the host name: '${server.host}'. Please use the host name as the endpoint name.`,
      hint: 'Leave the name out: it is the host of the URL.',
      at: server.endpoint,
    });
  }
  endpoint.name = server.host;
  endpoint.allowCors ||= allowsCors;
  return endpoint;
}

/** `x-google-endpoint:` without a value is null in YAML, and as good as `{}`. */
function orEmpty(node: SourceNode): SourceNode {
  const { source, offset } = node;
  const isNull = node.kind === 'scalar' && node.value === null;
  return isNull ? { kind: 'mapping', source, offset, entries: new Map() } : node;
}
