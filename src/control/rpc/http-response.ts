import { isMessage, toBinary, toJson } from '@bufbuild/protobuf';
import type { DescMessage, Message, Registry } from '@bufbuild/protobuf';
import { rpcCodeName, rpcCodeToHttpStatus } from '../../core/status.ts';
import { HttpBodySchema } from '../../gen/google/api/httpbody_pb.ts';
import { StatusSchema } from '../../gen/google/rpc/status_pb.ts';
import type { Status } from '../../gen/google/rpc/status_pb.ts';

/** How a response is written. */
export interface ResponseFormat {
  readonly kind: 'json' | 'proto';
  readonly isPretty: boolean;
}

/** A whole response. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

export const jsonType = 'application/json; charset=UTF-8';
export const protobufType = 'application/x-protobuf';

/** A handler's message as a 200; google.api.HttpBody goes out as what it carries. */
export function messageResponse(
  schema: DescMessage,
  message: Message,
  format: ResponseFormat,
  registry: Registry,
): HttpResponse {
  if (isMessage(message, HttpBodySchema))
    return { status: 200, headers: { 'content-type': message.contentType }, body: message.data };
  if (format.kind === 'proto')
    return { status: 200, headers: { 'content-type': protobufType }, body: toBinary(schema, message) };
  return jsonResponse(200, toJson(schema, message, { registry }), format.isPretty);
}

/** An error: a serialised google.rpc.Status, or Google's JSON envelope. `httpStatus` replaces the code's own. */
export function statusResponse(
  status: Status,
  format: ResponseFormat,
  registry: Registry,
  options: { readonly httpStatus?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): HttpResponse {
  const httpStatus = options.httpStatus ?? rpcCodeToHttpStatus(status.code);
  const response =
    format.kind === 'proto'
      ? protoError(status, httpStatus)
      : jsonError(status, httpStatus, format, registry);
  return { ...response, headers: { ...response.headers, ...options.headers } };
}

function protoError(status: Status, httpStatus: number): HttpResponse {
  return {
    status: httpStatus,
    headers: { 'content-type': protobufType },
    body: toBinary(StatusSchema, status),
  };
}

function jsonError(
  status: Status,
  httpStatus: number,
  format: ResponseFormat,
  registry: Registry,
): HttpResponse {
  const error: Record<string, unknown> = {
    code: httpStatus,
    message: status.message,
    status: rpcCodeName(status.code),
  };
  if (status.details.length > 0)
    error['details'] = (toJson(StatusSchema, status, { registry }) as { details: unknown }).details;
  return jsonResponse(httpStatus, { error }, format.isPretty);
}

function jsonResponse(status: number, json: unknown, isPretty: boolean): HttpResponse {
  const text = isPretty ? `${JSON.stringify(json, undefined, 2)}\n` : JSON.stringify(json);
  return { status, headers: { 'content-type': jsonType }, body: text };
}
