import { RpcCode, rpcCodeName } from '../../core/status.ts';
import { getHeader } from '../../protocol/http/headers.ts';
import type { ReportRecord } from '../../service-control/service-controller.ts';
import type { Exchange } from '../exchange.ts';
import { clientTarget } from '../pipeline/client-target.ts';

/** Operation name of requests that matched nothing. Source: esp, espv2. */
export const unknownOperation: string = '<Unknown Operation Name>';

/** Every exchange is reported, save those of operations that `skip_service_control`. */
export function isReported(exchange: Exchange): boolean {
  return exchange.route?.skipServiceControl !== true;
}

/** What a finished exchange tells Service Control. */
export function buildReport(exchange: Exchange): ReportRecord {
  const { route, localReply } = exchange;
  const frontendProtocol = frontendProtocolOf(exchange);
  return {
    operationName: route?.selector ?? unknownOperation,
    apiName: route?.apiName ?? '',
    apiVersion: route?.apiVersion ?? '',
    apiKey: exchange.apiKey,
    apiKeyState: exchange.apiKeyState,
    consumer: exchange.consumer,
    authIssuer: exchange.authIssuer,
    authAudience: exchange.authAudience,
    startedAtMs: exchange.startedAtMs,
    endedAtMs: exchange.startedAtMs + elapsedMs(exchange),
    httpMethod: exchange.method,
    url: clientTarget(exchange),
    httpVersion: exchange.stream.request.version,
    frontendProtocol,
    backendProtocol: backendProtocolOf(exchange),
    httpStatus: exchange.responseStatus,
    grpcStatus: frontendProtocol === 'grpc' ? grpcStatusOf(exchange) : '',
    responseCodeDetails: exchange.responseCodeDetails,
    statusCode: localReply?.rpcCode ?? RpcCode.OK,
    errorCause: localReply?.cause ?? (exchange.responseStatus >= 400 ? 'application' : ''),
    errorMessage: localReply === undefined ? '' : (localReply.reason ?? localReply.message),
    clientIp: exchange.clientAddress,
    referer: getHeader(exchange.headers, 'referer') ?? '',
    requestBytes: exchange.requestHeaderBytes + exchange.requestBytes,
    responseBytes: exchange.responseHeaderBytes + exchange.responseBytes,
    ...latenciesOf(exchange),
    requestHeaders: exchange.headers,
    responseHeaders: exchange.responseHeaders,
    jwtPayloads: '',
    traceId: '',
  };
}

function elapsedMs(exchange: Exchange): number {
  return Math.round(exchange.endedMs - exchange.startedMonotonicMs);
}

/** The content type of the response decides, as ESPv2 has it. */
function frontendProtocolOf(exchange: Exchange): 'http' | 'grpc' {
  const contentType = getHeader(exchange.responseHeaders, 'content-type');
  return contentType?.startsWith('application/grpc') === true ? 'grpc' : 'http';
}

function backendProtocolOf(exchange: Exchange): 'http' | 'grpc' | '' {
  if (exchange.upstreamStartedMs < 0) return '';
  return exchange.route?.backend.protocol === 'grpc' ? 'grpc' : 'http';
}

/** The canonical name of `grpc-status`, trailers first; '' when there is none or it is outside the closed set. */
function grpcStatusOf(exchange: Exchange): string {
  const text =
    getHeader(exchange.responseTrailers, 'grpc-status') ?? getHeader(exchange.responseHeaders, 'grpc-status');
  if (text === undefined || !/^\d{1,2}$/.test(text)) return '';
  const code = Number(text);
  return code <= RpcCode.UNAUTHENTICATED ? rpcCodeName(code) : '';
}

/** −1 where nothing is known: no backend was asked, or it took longer than the whole by clock error. */
function latenciesOf(
  exchange: Exchange,
): Pick<ReportRecord, 'totalLatencyMs' | 'backendLatencyMs' | 'overheadLatencyMs'> {
  const totalLatencyMs = elapsedMs(exchange);
  if (exchange.upstreamStartedMs < 0) return { totalLatencyMs, backendLatencyMs: -1, overheadLatencyMs: -1 };
  const endedMs = exchange.upstreamEndedMs < 0 ? exchange.endedMs : exchange.upstreamEndedMs;
  const backendLatencyMs = Math.round(endedMs - exchange.upstreamStartedMs);
  return {
    totalLatencyMs,
    backendLatencyMs,
    overheadLatencyMs: Math.max(-1, totalLatencyMs - backendLatencyMs),
  };
}
