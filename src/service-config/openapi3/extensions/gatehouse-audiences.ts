import { findExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import type { SecuritySchemes } from '../../openapi/security-scheme.ts';
import { keyPlace } from '../../source/source-node.ts';
import type { MappingNode, SourceNode } from '../../source/source-node.ts';

const extensionName = 'x-gatehouse-audiences';

/** Audiences by the names of security schemes. */
export type SchemeAudiences = ReadonlyMap<string, string>;

/**
 * `x-gatehouse-audiences` of the root or an operation: the audiences that its `security` takes from a scheme which has
 * none of its own. What `x-security` is in OpenAPI 2.0; the family of 3.x has nothing for it. Undefined without it.
 */
export function gatehouseAudiences(
  document: OpenapiDocument,
  node: MappingNode,
  schemes: SecuritySchemes,
): SchemeAudiences | undefined {
  const value = findExtension(document, node, extensionName);
  const mapping = document.reader.mapping(value, extensionName);
  if (mapping === undefined) return undefined;
  const audiences = new Map<string, string>();
  for (const [name, entry] of mapping.entries) {
    if (schemes.get(name)?.kind === 'jwt') audiences.set(name, readList(document, entry.value));
    else reportScheme(document, mapping, name);
  }
  return audiences;
}

function readList(document: OpenapiDocument, node: SourceNode): string {
  const what = `an audience of ${extensionName}`;
  const items = document.reader.sequence(node, extensionName)?.items ?? [];
  return items.flatMap((item) => document.reader.string(item, what) ?? []).join(',');
}

function reportScheme(document: OpenapiDocument, mapping: MappingNode, name: string): void {
  document.context.diagnostics.error({
    rule: 'audiences-scheme',
    location: namedLocation(document, extensionName),
    message: `Extension ${extensionName} names '${name}', which is no security scheme with x-google-auth.`,
    at: keyPlace(mapping, name),
  });
}
