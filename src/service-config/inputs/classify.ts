import type { SourceNode } from '../source/source-node.ts';
import { child } from '../source/source-node.ts';

/** What a JSON or YAML document is, by its top-level keys. */
export type DocumentKind =
  | 'openapi2'
  | 'openapi3'
  /** `type: google.api.Service`: YAML of a gRPC service, or a whole config. */
  | 'service'
  /** Anything else: only a target of references. */
  | 'fragment';

/** Tells the kinds apart the way gcloud does. */
export function classify(root: SourceNode): DocumentKind {
  const swagger = child(root, 'swagger');
  if (swagger?.kind === 'scalar' && String(swagger.value).includes('2')) return 'openapi2';
  if (child(root, 'openapi') !== undefined) return 'openapi3';
  const type = child(root, 'type');
  return type?.kind === 'scalar' && type.value === 'google.api.Service' ? 'service' : 'fragment';
}
