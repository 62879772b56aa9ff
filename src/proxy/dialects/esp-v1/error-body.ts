import type { LocalReply } from '../../local-reply.ts';
import { encodeGrpcMessage } from '../grpc-message.ts';
import { jsonText } from '../json-text.ts';

/**
 * google.rpc.Status as protobuf's pretty printer writes it: one blank per level, defaults printed, a newline at the
 * end. `code` is the canonical code, not the HTTP status. Source: esp utils/status.cc, Status::ToJson.
 */
export function renderError(reply: LocalReply): { contentType: string; body: string } {
  const body = `{
 "code": ${reply.rpcCode},
 "message": ${jsonText(reply.message)},
 "details": [
  {
   "@type": "type.googleapis.com/google.rpc.DebugInfo",
   "stackEntries": [],
   "detail": ${jsonText(reply.cause)}
  }
 ]
}
`;
  return { contentType: 'application/json', body };
}

/** gRPC callers get the canonical code and the plain text. */
export function renderGrpcError(reply: LocalReply): { status: number; message: string } {
  return { status: reply.rpcCode, message: encodeGrpcMessage(reply.message, 0x7e) };
}

/** The two content types that ESP v1 takes for gRPC. */
export function isGrpcCaller(contentType: string): boolean {
  return contentType === 'application/grpc' || contentType === 'application/grpc+proto';
}
