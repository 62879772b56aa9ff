import { nearestName } from '../../core/nearest-name.ts';
import { keyPlace } from '../source/source-node.ts';
import type { SourceNode } from '../source/source-node.ts';
import type { OpenapiDocument, Spot } from './openapi-document.ts';

/** Fields and Google extensions that one kind of object may have. */
export interface KnownFields {
  /** What the object is called in messages. */
  readonly what: string;
  readonly fields: readonly string[];
  readonly extensions: readonly string[];
  /** Extensions that something read once, with what to do instead. */
  readonly former?: Readonly<Record<string, string>>;
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
  if (node?.kind !== 'mapping' || document.checked.has(node)) return;
  document.checked.add(node);
  for (const key of node.entries.keys()) {
    if (known.fields.includes(key) || known.extensions.includes(key)) continue;
    const spot: Spot = { place: keyPlace(node, key), location };
    if (key.startsWith('x-gatehouse-')) reportUnknownOwn(document, key, known, spot);
    else if (key.startsWith('x-google-') || !key.startsWith('x-')) warnOfUnknown(document, key, known, spot);
  }
}

function warnOfUnknown(document: OpenapiDocument, key: string, known: KnownFields, spot: Spot): void {
  const isGoogle = key.startsWith('x-google-');
  const candidates = isGoogle ? known.extensions : [...known.fields, ...known.extensions];
  const replacement = new Map(Object.entries(known.former ?? {})).get(key);
  const nearest = replacement === undefined ? nearestName(key, candidates) : undefined;
  document.context.diagnostics.warning({
    rule: isGoogle ? 'extension-without-effect' : 'unknown-field',
    location: spot.location,
    message: `${isGoogle ? 'Extension' : 'Field'} '${key}' has no effect in ${known.what}.`,
    hint: nearest === undefined ? replacement : `Did you mean '${nearest}'?`,
    at: spot.place,
  });
}

/** Who writes an extension of ours relies on it, on being protected most of all: one that is not read is an error. */
function reportUnknownOwn(document: OpenapiDocument, key: string, known: KnownFields, spot: Spot): void {
  const own = known.extensions.filter((name) => name.startsWith('x-gatehouse-'));
  document.context.diagnostics.error({
    rule: 'gatehouse-extension-unknown',
    location: spot.location,
    message: `Extension '${key}' is not one that ${known.what} can have; nothing would enforce what it says.`,
    hint: own.length === 0 ? 'Remove it.' : `Extensions of Gatehouse here are: ${own.join(', ')}.`,
    at: spot.place,
  });
}
