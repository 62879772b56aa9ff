import { nearestName } from '../../core/nearest-name.ts';
import { keyPlace } from '../source/source-node.ts';
import type { SourceNode, SourcePlace } from '../source/source-node.ts';
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
    if (isUnknownOwn(key, known)) {
      reportUnknownOwn(document, keyPlace(node, key), key, known, location);
      continue;
    }
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

function isUnknownOwn(key: string, known: KnownFields): boolean {
  return key.startsWith('x-gatehouse-') && !known.extensions.includes(key);
}

/** Who writes an extension of ours relies on it, on being protected most of all: one that is not read is an error. */
function reportUnknownOwn(
  document: OpenapiDocument,
  at: SourcePlace,
  key: string,
  known: KnownFields,
  location: string,
): void {
  const own = known.extensions.filter((name) => name.startsWith('x-gatehouse-'));
  document.context.diagnostics.error({
    rule: 'gatehouse-extension-unknown',
    location,
    message: `Extension '${key}' is not one that ${known.what} can have; nothing would enforce what it says.`,
    hint: own.length === 0 ? 'Remove it.' : `Extensions of Gatehouse here are: ${own.join(', ')}.`,
    at,
  });
}
