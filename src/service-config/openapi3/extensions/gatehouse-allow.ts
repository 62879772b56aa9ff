import { findExtension, stringExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';

const extensionName = 'x-gatehouse-allow';

/**
 * `x-gatehouse-allow` at the root: `all` lets requests through that no operation describes, as `x-google-allow: all` does
 * in OpenAPI 2.0. The family of 3.x has nothing for it. Default `configured`.
 */
export function allowsUnrecognized(document: OpenapiDocument): boolean {
  const node = findExtension(document, document.root, extensionName);
  const value = stringExtension(document, node, extensionName);
  if (node === undefined || value === undefined) return false;
  if (value !== 'all' && value !== 'configured') {
    document.context.diagnostics.error({
      rule: 'google-allow-value',
      location: namedLocation(document, extensionName),
      message: `Only allowed values for ${extensionName} are all|configured`,
      at: node,
    });
  }
  return value === 'all';
}
