import { checkFields } from '../openapi/check-fields.ts';
import type { KnownFields } from '../openapi/check-fields.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import type { SourceNode } from '../source/source-node.ts';
import { isFormerExtension, refuseFormerExtensions } from './former-extensions.ts';

/** Warns of fields without effect, as for OpenAPI 2.0, and refuses the extensions that only 2.0 has. */
export function checkObject(
  document: OpenapiDocument,
  node: SourceNode | undefined,
  known: KnownFields,
  location: string,
): void {
  if (node?.kind !== 'mapping' || document.checked.has(node)) return;
  document.checked.add(node);
  refuseFormerExtensions(document, node, location);
  const rest = [...node.entries].filter(([key]) => !isFormerExtension(key));
  checkFields(document, { ...node, entries: new Map(rest) }, known, location);
}
