import type { Endpoint } from '../../../gen/google/api/endpoint_pb.ts';
import { EndpointSchema } from '../../../gen/google/api/endpoint_pb.ts';
import { findExtension } from '../../openapi/extension.ts';
import { reportNamed } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';

const extensionName = 'x-google-endpoints';

/** `x-google-endpoints` at the root: DNS target and CORS of the service's one endpoint, which is named like the host. */
export function googleEndpoint(document: OpenapiDocument, host: string): Endpoint | undefined {
  const node = findExtension(document, document.root, extensionName);
  if (node === undefined) return undefined;
  if (node.kind !== 'sequence') {
    const message = `The extension ${extensionName} does not match the schema. It should be a json array. Please refer to documentation of the extension.`;
    reportNamed(document, extensionName, { rule: 'endpoints-not-array', message, at: node });
    return undefined;
  }
  if (node.items.length > 1) {
    const message = `OpenAPI spec is invalid. Multiple endpoint entries are defined in the extension '${extensionName}'. At most one entry is allowed.`;
    reportNamed(document, extensionName, { rule: 'endpoints-multiple', message, at: node });
    return undefined;
  }
  const [item] = node.items;
  if (item === undefined) return undefined;
  const endpoint = readExtensionMessage(document, extensionName, EndpointSchema, item);
  if (host !== '' && endpoint.name.toLowerCase() !== host.toLowerCase()) {
    const message = `OpenAPI spec is invalid. The endpoint name: '${endpoint.name}' defined in the extension '${extensionName}' is different than the host name: '${host}'. Please use the host name as the endpoint name.`;
    reportNamed(document, extensionName, { rule: 'endpoint-name', message, at: item });
  }
  return endpoint;
}
