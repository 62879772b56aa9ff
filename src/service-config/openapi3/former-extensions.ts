import { keyPlace } from '../source/source-node.ts';
import type { SourceNode } from '../source/source-node.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';

/** Extensions of the family for OpenAPI 2.0, with what stands in their place in 3.x. */
const formerExtensions: ReadonlyMap<string, string> = new Map([
  ['x-google-allow', 'x-gatehouse-allow at the root'],
  ['x-google-api-name', 'x-google-api-management.apiName'],
  ['x-google-audiences', 'x-google-auth.audiences'],
  ['x-google-deprecated', 'deprecated: true on operations'],
  ['x-google-endpoints', 'x-google-endpoint on a server'],
  ['x-google-issuer', 'x-google-auth.issuer'],
  ['x-google-jwks_uri', 'x-google-auth.jwksUri'],
  ['x-google-jwt-locations', 'x-google-auth.jwtLocations'],
  ['x-google-management', 'x-google-api-management'],
  ['x-security', 'security and x-gatehouse-audiences'],
]);

/**
 * Refuses extensions of the family for OpenAPI 2.0: a limit or an audience that is silently not read would leave an
 * API less protected than it looks.
 */
export function refuseFormerExtensions(
  document: OpenapiDocument,
  node: SourceNode | undefined,
  location: string,
): void {
  if (node?.kind !== 'mapping') return;
  for (const key of node.entries.keys()) {
    const successor = formerExtensions.get(key);
    if (successor === undefined) continue;
    document.context.diagnostics.error({
      rule: key === 'x-google-allow' ? 'google-allow-unsupported' : 'extension-of-openapi2',
      location,
      message: `Extension '${key}' is not supported in OpenAPI 3.x.`,
      hint: `Use ${successor}.`,
      at: keyPlace(node, key),
    });
  }
}

/** Whether {@link refuseFormerExtensions} speaks of an extension. */
export function isFormerExtension(name: string): boolean {
  return formerExtensions.has(name);
}
