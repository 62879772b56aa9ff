import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { child } from '../source/source-node.ts';

/** Versions of OpenAPI that this frontend reads. */
export type OpenapiVersion = '3.0' | '3.1';

/** Version of a document by its `openapi` field. Another one is reported and read like 3.1. */
export function readVersion(document: OpenapiDocument): OpenapiVersion {
  const node = child(document.root, 'openapi');
  const text = document.reader.string(node, 'openapi');
  const version = /^(3\.[01])\.\d+(?:-.+)?$/.exec(text ?? '')?.[1];
  if (version === undefined && text !== undefined) {
    document.context.diagnostics.error({
      rule: 'openapi-version',
      location: document.fileName,
      message: `OpenAPI version '${text}' is not supported. Supported are 2.0, 3.0.x and 3.1.x.`,
      hint: 'Write openapi: 3.0.4 or openapi: 3.1.1.',
      at: node,
    });
  }
  return version === '3.0' ? '3.0' : '3.1';
}
