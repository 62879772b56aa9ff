import { child } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';

const formTypes: readonly string[] = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** One media type of a `content`. */
export interface MediaType {
  readonly isForm: boolean;
  /** Undefined when the media type gives none. */
  readonly schema: SourceNode | undefined;
}

/** The media type that describes a body: JSON where there is one, else the first. Undefined for no `content`. */
export function mainMediaType(node: SourceNode | undefined): MediaType | undefined {
  const content = child(node, 'content');
  if (content?.kind !== 'mapping') return undefined;
  if (!known.has(content)) known.set(content, readContent(content));
  return known.get(content);
}

/** Operations share bodies and responses, and a `content` can be long: each is read once. */
const known = new WeakMap<MappingNode, MediaType | undefined>();

function readContent(content: MappingNode): MediaType | undefined {
  const entries = [...content.entries];
  const [name, entry] = entries.find(([candidate]) => isJson(candidate)) ?? entries[0] ?? [];
  if (name === undefined || entry === undefined) return undefined;
  return { isForm: formTypes.includes(withoutParameters(name)), schema: child(entry.value, 'schema') };
}

function isJson(mediaType: string): boolean {
  return /^application\/(?:[^/]+\+)?json$/.test(withoutParameters(mediaType));
}

/** `application/json; charset=utf-8` → `application/json`. */
function withoutParameters(mediaType: string): string {
  return (mediaType.split(';', 1)[0] as string).trim().toLowerCase();
}
