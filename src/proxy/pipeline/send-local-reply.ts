import type { HeaderList } from '../../protocol/http/headers.ts';
import { unknownLength } from '../../protocol/http/stream.ts';
import type { ResponseHead } from '../../protocol/http/stream.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';
import type { Pipeline } from './pipeline.ts';
import { recordResponseHead } from './record-response.ts';

/** What a local reply needs beside itself. */
export interface LocalReplyContext {
  readonly dialect: Dialect;
  readonly pipeline: Pipeline;
  /** How many stages have let the request pass: only they see the response. */
  readonly passedStages: number;
}

/**
 * Answers an exchange whose response has not begun: the only place where the proxy makes a response of its own. The
 * form follows the caller (gRPC: trailers only), the words and bytes are the dialect's.
 */
export function sendLocalReply(exchange: Exchange, reply: LocalReply, context: LocalReplyContext): void {
  const { stream } = exchange;
  exchange.localReply = reply;
  exchange.responseCodeDetails = reply.responseCodeDetails;
  exchange.responseFlags = reply.responseFlags;
  const isHttp2 = stream.request.version === 'HTTP/2';
  if (reply.closeConnection && !isHttp2) stream.closeAfterResponse();

  const { head, body } = exchange.isGrpcCaller
    ? grpcReply(reply, context.dialect, isHttp2)
    : httpReply(reply, context.dialect);
  context.pipeline.applyToResponse(exchange, head, context.passedStages);
  recordResponseHead(exchange, head);
  if (body === undefined || body.length === 0 || stream.request.method === 'HEAD') {
    stream.sendHead(head, true);
    return;
  }
  stream.sendHead(head, false);
  exchange.responseBytes += body.length;
  stream.sendData(body);
  stream.sendEnd();
}

interface RenderedReply {
  readonly head: ResponseHead;
  readonly body: Buffer | undefined;
}

function httpReply(reply: LocalReply, dialect: Dialect): RenderedReply {
  const headers: HeaderList = [];
  const rendered = reply.body === undefined ? dialect.renderError(reply) : undefined;
  const body = Buffer.from(rendered?.body ?? reply.body ?? '', 'utf8');
  if (rendered !== undefined) headers.push('content-type', rendered.contentType);
  headers.push(...reply.headers);
  return { head: { status: reply.httpStatus, headers, bodyLength: body.length }, body };
}

function grpcReply(reply: LocalReply, dialect: Dialect, isHttp2: boolean): RenderedReply {
  const { status, message } = dialect.renderGrpcError(reply);
  const headers: HeaderList = ['content-type', 'application/grpc', 'grpc-status', String(status)];
  if (message !== '') headers.push('grpc-message', message);
  headers.push(...reply.headers);
  // A trailers-only response has no content-length in HTTP/2; HTTP/1.1 needs one to end without a body.
  return { head: { status: 200, headers, bodyLength: isHttp2 ? unknownLength : 0 }, body: undefined };
}
