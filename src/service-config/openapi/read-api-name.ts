import { apiNamePattern } from '../model/naming.ts';
import type { SourceNode } from '../source/source-node.ts';
import type { OpenapiDocument } from './openapi-document.ts';

/** Checks the name that a document gives its API. A bad one is reported and counts as none. */
export function readApiName(document: OpenapiDocument, name: string, node: SourceNode): string | undefined {
  if (apiNamePattern.test(name)) return name;
  document.context.diagnostics.error({
    rule: 'api-name',
    location: document.fileName,
    // "much" and the plus are Service Management's own.
    message: `Invalid API name '${name}' : API names much conform to [a-z][a-z0-9]{0,39}+.`,
    hint: 'Use a lower-case letter, then at most 39 lower-case letters and digits.',
    at: node,
  });
  return undefined;
}
