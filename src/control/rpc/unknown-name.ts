import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';

/** A name in a JSON payload that its message does not have. */
export interface UnknownName {
  /** Path of the message that lacks it, '' for the root. */
  readonly field: string;
  /** As Google's front end puts it. */
  readonly text: string;
}

/** Deeper payloads are the decoder's to refuse; descending further would only exhaust the stack. */
const maxDepth = 100;

/** Looks for the first name that the descriptors do not know, descending as ProtoJSON nests. */
export function findUnknownName(
  message: DescMessage,
  json: JsonValue,
  path: readonly string[],
): UnknownName | undefined {
  // Types of google.protobuf have a JSON form of their own and are checked by the decoder.
  if (message.typeName.startsWith('google.protobuf.') || !isObject(json) || path.length > maxDepth)
    return undefined;
  for (const [name, value] of Object.entries(json)) {
    const field = message.fields.find((candidate) => candidate.jsonName === name || candidate.name === name);
    if (field === undefined) return unknownName(name, path);
    const below = findBelow(field, value, path);
    if (below !== undefined) return below;
  }
  return undefined;
}

function findBelow(field: DescField, value: JsonValue, path: readonly string[]): UnknownName | undefined {
  if (field.message === undefined) return undefined;
  const here = [...path, field.name];
  switch (field.fieldKind) {
    case 'message':
      return findUnknownName(field.message, value, here);
    case 'list':
      return Array.isArray(value)
        ? firstOf(
            value.map((each, i) => [`${field.name}[${i}]`, each] as const),
            field.message,
            path,
          )
        : undefined;
    case 'map':
      return isObject(value)
        ? firstOf(
            Object.entries(value).map(([key, each]) => [`${field.name}[${key}]`, each] as const),
            field.message,
            path,
          )
        : undefined;
    default:
      return undefined;
  }
}

function firstOf(
  values: readonly (readonly [string, JsonValue])[],
  message: DescMessage,
  path: readonly string[],
): UnknownName | undefined {
  for (const [name, value] of values) {
    const found = findUnknownName(message, value, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unknownName(name: string, path: readonly string[]): UnknownName {
  const place = path.join('.');
  const where = place === '' ? '' : ` at '${place}'`;
  return { field: place, text: `Unknown name ${JSON.stringify(name)}${where}: Cannot find field.` };
}

function isObject(json: JsonValue): json is { [name: string]: JsonValue } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
