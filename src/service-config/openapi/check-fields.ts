import { nearestName } from './nearest-name.ts';
import { keyPlace } from '../source/source-node.ts';
import type { SourceNode } from '../source/source-node.ts';
import type { OpenapiDocument } from './openapi-document.ts';

/** Fields and Google extensions that one kind of object may have. */
export interface KnownFields {
  /** What the object is called in messages. */
  readonly what: string;
  readonly fields: readonly string[];
  readonly extensions: readonly string[];
}

/**
 * Warns of fields that OpenAPI does not know and of `x-google-` extensions that have no effect where they stand: a slip
 * in `security` or `x-google-backend` would otherwise pass in silence.
 */
export function checkFields(
  document: OpenapiDocument,
  node: SourceNode | undefined,
  known: KnownFields,
  location: string,
): void {
  if (node?.kind !== 'mapping') return;
  for (const key of node.entries.keys()) {
    const isGoogle = key.startsWith('x-google-');
    if (known.fields.includes(key) || known.extensions.includes(key) || (key.startsWith('x-') && !isGoogle))
      continue;
    const candidates = isGoogle ? known.extensions : [...known.fields, ...known.extensions];
    const nearest = nearestName(key, candidates);
    document.context.diagnostics.warning({
      rule: isGoogle ? 'extension-without-effect' : 'unknown-field',
      location,
      message: `${isGoogle ? 'Extension' : 'Field'} '${key}' has no effect in ${known.what}.`,
      hint: nearest === undefined ? undefined : `Did you mean '${nearest}'?`,
      at: keyPlace(node, key),
    });
  }
}
