import { findExtension, stringExtension } from './extension.ts';
import { namedLocation } from './openapi-document.ts';
import type { OpenapiDocument } from './openapi-document.ts';

/**
 * `x-google-allow` (2.0) or `x-gatehouse-allow` (3.x, for which Google has nothing) at the root: whether requests that no
 * operation describes are let through. Default `configured`.
 */
export function allowsUnrecognized(
  document: OpenapiDocument,
  name: 'x-google-allow' | 'x-gatehouse-allow',
): boolean {
  const node = findExtension(document, document.root, name);
  const value = stringExtension(document, node, name)?.toLowerCase();
  if (node === undefined || value === undefined) return false;
  if (value !== 'all' && value !== 'configured') {
    document.context.diagnostics.error({
      rule: 'google-allow-value',
      location: namedLocation(document, name),
      message: `Only allowed values for ${name} are all|configured`,
      at: node,
    });
  }
  return value === 'all';
}
