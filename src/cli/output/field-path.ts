import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/**
 * The value at a path such as `config.title`, `bindings[].role` or `steps[0].status`; `[]` takes every item.
 * Undefined when there is nothing.
 */
export function valueAt(record: JsonValue, path: string): JsonValue | undefined {
  const keys = path.split('.').flatMap(splitIndexes);
  return keys.reduce<JsonValue | undefined>(step, record);
}

/** A value in one line of text: lists joined by `;`, objects as JSON, nothing as ''. */
export function toText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(toText).join(';');
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function splitIndexes(key: string): string[] {
  const parts = /^([^[\]]*)((?:\[\d*\])*)$/.exec(key);
  if (parts === null) return [key];
  const indexes = (parts[2] ?? '').match(/\[\d*\]/g) ?? [];
  return parts[1] === '' ? [...indexes] : [parts[1] as string, ...indexes];
}

function step(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (key === '[]') return Array.isArray(value) ? value : undefined;
  const index = /^\[(\d+)\]$/.exec(key)?.[1];
  if (index !== undefined) return Array.isArray(value) ? value[Number(index)] : undefined;
  if (Array.isArray(value))
    return value.map((item) => step(item, key)).filter((item): item is JsonValue => item !== undefined);
  return typeof value === 'object' && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}
