import { create, fromBinary, fromJson, isMessage, mergeFromJson } from '@bufbuild/protobuf';
import type { DescField, DescMessage, JsonObject, JsonValue, Message, Registry } from '@bufbuild/protobuf';
import { errorMessage } from '../../core/errors.ts';
import { badRequest } from './bad-request.ts';
import { findBoundField, toFieldJson } from './field-value.ts';
import type { HttpBinding } from './http-rule.ts';
import { findUnknownName } from './unknown-name.ts';

/** The parts of an HTTP request that make a message. */
export interface RequestParts {
  readonly binding: HttpBinding;
  /** Field path and raw text in turn. */
  readonly captures: readonly string[];
  /** The method's own query parameters. */
  readonly query: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly bodyFormat: 'json' | 'proto';
}

/**
 * Makes the request message as google/api/http.proto says: the body, then what the path captured, which wins, then the
 * query for fields that neither has. Throws INVALID_ARGUMENT in Google's words.
 */
export function bindRequest(input: DescMessage, parts: RequestParts, registry: Registry): Message {
  const { binding } = parts;
  const message = readBody(input, parts, registry);
  const bound: JsonObject = {};
  for (const [name, value] of parts.query) bindQuery(input, binding, bound, [name, value]);
  bindCaptures(input, parts, bound);
  return decode(() => mergeFromJson(input, message, bound, { registry }));
}

function readBody(input: DescMessage, parts: RequestParts, registry: Registry): Message {
  const { body, binding, bodyFormat } = parts;
  if (binding.body === '') {
    if (!isBlank(body, bodyFormat)) throw badRequest('Request body must be empty.');
    return create(input);
  }
  const field = input.fields.find((candidate) => candidate.name === binding.body);
  const message = create(input);
  if (body.length === 0) return message;
  if (bodyFormat === 'proto') return readBinary(input, field, body);
  const json = readJson(body);
  if (json === undefined) return message;
  const unknown = findUnknownName(field?.message ?? input, json, field === undefined ? [] : [field.name]);
  if (unknown !== undefined)
    throw badRequest(`Invalid JSON payload received. ${unknown.text}`, unknown.field);
  const whole = field === undefined ? json : { [field.jsonName]: json };
  return decode(() => fromJson(input, whole, { registry }));
}

/** Whether a body says nothing: no bytes, or the `{}` that clients send for want of anything to say. */
function isBlank(body: Uint8Array, format: RequestParts['bodyFormat']): boolean {
  if (body.length === 0) return true;
  const json = format === 'json' ? readJson(body) : null;
  return json === undefined || (isObject(json) && Object.keys(json).length === 0);
}

function readBinary(input: DescMessage, field: DescField | undefined, body: Uint8Array): Message {
  try {
    if (field === undefined) return fromBinary(input, body);
    if (field.fieldKind !== 'message') throw new TypeError(`${field} cannot be a body`);
    return create(input, { [field.localName]: fromBinary(field.message, body) });
  } catch (error) {
    throw badRequest(`Invalid PROTO payload received. ${capitalise(errorMessage(error))}`);
  }
}

/** The JSON of a body; undefined when it is blank. */
function readJson(body: Uint8Array): JsonValue | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    // JSON.parse yields nothing but JSON values.
    return text.trim() === '' ? undefined : (JSON.parse(text) as JsonValue);
  } catch (error) {
    throw badRequest(`Invalid JSON payload received. ${capitalise(errorMessage(error))}`);
  }
}

function bindQuery(
  input: DescMessage,
  binding: HttpBinding,
  bound: JsonObject,
  [name, value]: readonly [string, string],
): void {
  const target = findBoundField(input, name);
  const isBody =
    binding.body === '*' ||
    (target !== undefined &&
      input.fields.some((field) => field.name === binding.body && field.jsonName === target.path[0]));
  if (target === undefined || isBody) throw unknownParameter(name);
  const json = toFieldJson(target.field, value);
  if (target.field.fieldKind !== 'list') return place(bound, target.path, json);
  const list = at(bound, target.path);
  if (Array.isArray(list)) list.push(json);
  else place(bound, target.path, [json]);
}

function bindCaptures(input: DescMessage, { captures, binding }: RequestParts, bound: JsonObject): void {
  for (let i = 0; i < captures.length; i += 2) {
    const fieldPath = captures[i] as string;
    const target = findBoundField(input, fieldPath);
    if (target === undefined) throw new TypeError(`${input} has no field ${fieldPath}`);
    const variable = binding.template.variables.find((each) => each.fieldPath === fieldPath);
    const isSingle = variable === undefined || binding.template.segments[variable.start] !== '**';
    const segments = variable === undefined ? 1 : variable.end - variable.start;
    const text = decodeCapture(captures[i + 1] as string, isSingle && segments === 1);
    place(bound, target.path, toFieldJson(target.field, text));
  }
}

/** One segment is decoded whole; in several, an encoded slash stays encoded to remain told apart. Source: http.proto. */
function decodeCapture(raw: string, isSingleSegment: boolean): string {
  try {
    if (isSingleSegment) return decodeURIComponent(raw);
    return raw
      .split(/(%2f)/i)
      .map((part, i) => (i % 2 === 1 ? part : decodeURIComponent(part)))
      .join('');
  } catch {
    throw badRequest('Request contains an invalid argument.');
  }
}

function decode(read: () => Message): Message {
  try {
    const message = read();
    if (!isMessage(message)) throw new TypeError('the codec returned no message');
    return message;
  } catch (error) {
    throw badRequest(`Invalid JSON payload received. ${capitalise(errorMessage(error))}`);
  }
}

function unknownParameter(name: string): Error {
  return badRequest(
    `Invalid JSON payload received. Unknown name ${JSON.stringify(name)}: Cannot bind query parameter. Field '${name}' could not be found in request message.`,
  );
}

function at(json: JsonObject, path: readonly string[]): JsonValue | undefined {
  let current: JsonValue | undefined = json;
  for (const name of path) current = isObject(current) ? current[name] : undefined;
  return current;
}

function place(json: JsonObject, path: readonly string[], value: JsonValue): void {
  let current = json;
  for (const name of path.slice(0, -1)) {
    const next = current[name];
    if (isObject(next)) current = next;
    else current = current[name] = {} as JsonObject;
  }
  current[path.at(-1) as string] = value;
}

function isObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
