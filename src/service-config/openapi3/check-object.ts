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
  refuseFormerExtensions(document, node, location);
  if (node?.kind !== 'mapping') return;
  const rest = [...node.entries].filter(([key]) => !isFormerExtension(key));
  checkFields(document, { ...node, entries: new Map(rest) }, known, location);
}
