import type { LocalReply } from '../../local-reply.ts';
import { encodeGrpcMessage } from '../grpc-message.ts';
import { jsonText } from '../json-text.ts';

/** `{"code":<http status>,"message":"…"}` and a newline. Source: ESPv2's local_reply_config. */
export function renderError(reply: LocalReply): { contentType: string; body: string } {
  return { contentType: 'application/json', body: `${errorText(reply)}\n` };
}

/**
 * gRPC callers get the JSON text as message, under the code that Envoy makes of the HTTP status: not the canonical one.
 * Source: Envoy grpc/common.cc, httpToGrpcStatus.
 */
export function renderGrpcError(reply: LocalReply): { status: number; message: string } {
  return {
    status: grpcStatusByHttpStatus[reply.httpStatus] ?? grpcUnknown,
    message: encodeGrpcMessage(errorText(reply), 0x7d),
  };
}

/** Exactly `application/grpc`, or with a `+` suffix; parameters and gRPC-Web make it something else. */
export function isGrpcCaller(contentType: string): boolean {
  return contentType === 'application/grpc' || contentType.startsWith('application/grpc+');
}

function errorText(reply: LocalReply): string {
  return `{"code":${reply.httpStatus},"message":${jsonText(reply.message)}}`;
}

const grpcUnknown = 2;

const grpcStatusByHttpStatus: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
