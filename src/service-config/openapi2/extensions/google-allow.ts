import { findExtension, stringExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';

const extensionName = 'x-google-allow';

/** `x-google-allow` at the root: whether requests that no operation describes are let through. Default `configured`. */
export function allowsUnrecognized(document: OpenapiDocument): boolean {
  const node = findExtension(document, document.root, extensionName);
  const value = stringExtension(document, node, extensionName)?.toLowerCase();
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
