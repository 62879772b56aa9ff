import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { child } from '../source/source-node.ts';

/** `host`, or the service name that the caller knows; '' when there is neither, which the whole set reports once. */
export function readHost(document: OpenapiDocument): string {
  const node = child(document.root, 'host');
  const host = document.reader.string(node, 'host') ?? '';
  if (node !== undefined && /:\d*$/.test(host)) {
    document.context.diagnostics.error({
      rule: 'host-port',
      location: document.fileName,
      message: `The 'host' value '${host}' must not contain a port.`,
      hint: `Write host: ${host.replace(/:\d*$/, '')}`,
      at: node,
    });
  }
  return host === '' ? (document.context.options.serviceName ?? '') : host;
}
