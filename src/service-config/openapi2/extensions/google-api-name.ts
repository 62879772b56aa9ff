import { findExtension, stringExtension } from '../../openapi/extension.ts';
import { readApiName } from '../../openapi/read-api-name.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';

const extensionName = 'x-google-api-name';

/** `x-google-api-name` at the root: takes the place of the host in the API's name, so one service can have several. */
export function googleApiName(document: OpenapiDocument): string | undefined {
  const node = findExtension(document, document.root, extensionName);
  const value = stringExtension(document, node, extensionName);
  return node === undefined || value === undefined ? undefined : readApiName(document, value, node);
}
