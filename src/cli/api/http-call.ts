import { getOption } from '@bufbuild/protobuf';
import type { DescMethodUnary, JsonObject, JsonValue } from '@bufbuild/protobuf';
import { http } from '../../gen/google/api/annotations_pb.ts';
import type { HttpRule } from '../../gen/google/api/http_pb.ts';

/** A REST call, ready to be sent. */
export interface HttpCall {
  readonly verb: string;
  /** Path with query. */
  readonly path: string;
  readonly body: JsonValue | undefined;
}

/**
 * Maps a request in JSON to the method's google.api.http rule: path variables from fields, the body the rule names,
 * the rest as query. An additional binding serves when the request lacks a variable of the first. Throws TypeError
 * for a method without a rule and for a request that fits none.
 */
export function toHttpCall(method: DescMethodUnary, request: JsonObject): HttpCall {
  const rule = getOption(method, http);
  for (const binding of [rule, ...rule.additionalBindings]) {
    const call = bind(binding, request);
    if (call !== undefined) return call;
  }
  throw new TypeError(`the request has not what the path of ${method.parent.typeName}.${method.name} needs`);
}

function bind({ pattern, body }: HttpRule, request: JsonObject): HttpCall | undefined {
  if (pattern.case === undefined || pattern.case === 'custom') return undefined;
  const rest: JsonObject = { ...request };
  let isComplete = true;
  const path = pattern.value.replace(
    /\{([^}=]+)(?:=([^}]*))?\}/g,
    (_match, field: string, segments?: string) => {
      const keys = field.split('.').map(toJsonName);
      const value = take(request, keys);
      if (value === '') isComplete = false;
      if (keys.length === 1) delete rest[keys[0] as string];
      return encodeSegments(value, segments ?? '*');
    },
  );
  if (!isComplete) return undefined;
  const content = takeBody(body, rest);
  const query = toQuery(body === '*' ? {} : rest);
  return {
    verb: pattern.case.toUpperCase(),
    path: query === '' ? path : `${path}?${query}`,
    body: content,
  };
}

/** A variable of one segment must not bring slashes along; one of several keeps them. */
function encodeSegments(value: string, segments: string): string {
  const isMany = segments.includes('/') || segments.includes('**');
  return isMany ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
}

function take(json: JsonObject, keys: readonly string[]): string {
  let value: JsonValue | undefined = json;
  for (const key of keys)
    value = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
  return typeof value === 'string' ? value : '';
}

function takeBody(name: string, rest: JsonObject): JsonValue | undefined {
  if (name === '') return undefined;
  if (name === '*') return rest;
  const key = toJsonName(name);
  const body = rest[key] ?? {};
  delete rest[key];
  return body;
}

function toQuery(fields: JsonObject): string {
  const query = new URLSearchParams();
  const add = (name: string, value: JsonValue): void => {
    if (Array.isArray(value)) for (const item of value) add(name, item);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(`${name}.${key}`, inner);
    else query.append(name, String(value));
  };
  for (const [name, value] of Object.entries(fields)) add(name, value);
  return query.toString();
}

function toJsonName(field: string): string {
  return field.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
