import { RpcCode, rpcCodeName, rpcCodeToHttpStatus } from '../../../core/status.ts';
import type { ControllerUnavailable } from '../../../service-control/service-controller.ts';
import type { Exchange } from '../../exchange.ts';
import { createLocalReply } from '../../local-reply.ts';
import type { LocalReply, LocalReplyParts } from '../../local-reply.ts';
import { checkErrorNumber } from '../check-error-code.ts';
import type { CheckDenied, CodecFault, MethodNotAllowed, QuotaDenied } from '../dialect.ts';
import type { PathRejection } from '../../routing/normalize-path.ts';
import type { PathRewriteRejection } from '../../routing/rewrite-path.ts';
import { missingKeyText } from '../missing-key-text.ts';
import { checkErrors, unsupportedCheckError } from './check-errors.ts';
import { nodeHttp } from '../../../protocol/http/node-http.ts';

/** Codecs say the reason phrase, the connection manager nothing. Source: Envoy codec_impl.cc, conn_manager_impl.cc. */
export function codecRejection(fault: CodecFault): LocalReply {
  const { status, details } = fault;
  return reply(status, codecTexts[details] ?? nodeHttp.STATUS_CODES[status] ?? '', details, {
    closeConnection: true,
    responseFlags: details.startsWith('http1.') || details.startsWith('http2.') ? 'DPE' : '',
  });
}

const codecTexts: Readonly<Record<string, string>> = {
  missing_host_header: '',
  upgrade_failed: '',
  stream_idle_timeout: 'stream timeout',
  request_header_timeout: 'request header timeout',
};

export function pathRejected(rejection: PathRejection, exchange: Exchange): LocalReply {
  // gRPC clients do not follow redirects.
  if (rejection.location === undefined || exchange.isGrpcCaller)
    return reply(
      rejection.httpStatus === 307 ? 400 : rejection.httpStatus,
      '',
      rejection.responseCodeDetails,
    );
  return reply(rejection.httpStatus, '', rejection.responseCodeDetails, {
    headers: ['location', rejection.location],
  });
}

export function rewriteRejected(rejection: PathRewriteRejection): LocalReply {
  return reply(rejection.httpStatus, rejection.message, rejection.responseCodeDetails);
}

/** Envoy does not listen before it has a config; this process may. */
export function notReady(): LocalReply {
  return reply(503, 'no service config is being served', 'no_service_config', { responseFlags: 'NC' });
}

/** Envoy's health check filter is a local reply like any other, so the wrapper applies to it. */
export function healthy(): LocalReply {
  return reply(200, '', 'health_check_ok', {
    rpcCode: RpcCode.OK,
    headers: ['x-envoy-upstream-healthchecked-cluster', 'ESPv2_cluster'],
  });
}

export function notFound(): LocalReply {
  return reply(404, 'The current request is not defined by this API.', 'direct_response');
}

export function methodNotAllowed(_exchange: Exchange, result: MethodNotAllowed): LocalReply {
  const message =
    `The current request is matched to the defined url template "${result.template}"` +
    ' but its http method is not allowed';
  return reply(405, message, 'direct_response');
}

export function corsRejected(): LocalReply {
  const message =
    'The CORS preflight request is missing one (or more) of the following required headers' +
    ' [Origin, Access-Control-Request-Method] or has an unmatched Origin header.';
  return reply(400, message, 'direct_response');
}

export function jwtMissing(exchange: Exchange): LocalReply {
  return reply(401, 'Jwt is missing', 'jwt_authn_access_denied{Jwt_is_missing}', {
    cause: 'auth',
    headers: ['www-authenticate', `Bearer realm="${realm(exchange)}"`],
  });
}

/** Fails closed: what cannot be verified does not pass. */
export function jwtUnsupported(exchange: Exchange): LocalReply {
  return reply(501, 'JWT authentication is not available in this version', 'jwt_authn_not_available', {
    cause: 'auth',
    headers: ['www-authenticate', `Bearer realm="${realm(exchange)}", error="invalid_token"`],
  });
}

export function missingApiKey(): LocalReply {
  return denial(RpcCode.UNAUTHENTICATED, missingKeyText, 'service_control_bad_request{MISSING_API_KEY}');
}

export function checkDenied(outcome: CheckDenied, exchange: Exchange): LocalReply {
  const { rpcCode, message } =
    checkErrors[outcome.code] ?? unsupportedCheckError(checkErrorNumber(outcome.code));
  const reason = message.replace('{service}', exchange.snapshot.serviceName);
  return denial(rpcCode, reason, `service_control_check_error{${outcome.code}}`);
}

/** Only what Envoy calls Unavailable keeps its kind; anything else is the producer's fault and shows as INTERNAL. */
export function checkUnavailable(outcome: ControllerUnavailable): LocalReply {
  const rpcCode = rpcCodeOfCall(outcome);
  const shownCode = rpcCode === RpcCode.UNAVAILABLE ? RpcCode.UNAVAILABLE : RpcCode.INTERNAL;
  const details = `service_control_check_network_failure{${rpcCodeName(rpcCode)}}`;
  return denial(shownCode, failedCallText(outcome), details);
}

export function quotaDenied(outcome: QuotaDenied): LocalReply | undefined {
  if (outcome.code === 'UNSPECIFIED') return undefined;
  const rpcCode = quotaErrors[outcome.code] ?? RpcCode.INTERNAL;
  return denial(rpcCode, outcome.description, `service_control_quota_error{${outcome.code}}`);
}

export function internalError(): LocalReply {
  return reply(500, 'Internal Server Error', 'internal_error');
}

/** Envoy's httpToGrpcStatus, as ESPv2 reads the answers of Service Control. */
function rpcCodeOfCall(outcome: ControllerUnavailable): RpcCode {
  if (outcome.reason === 'token') return RpcCode.INTERNAL;
  if (outcome.reason === 'malformed') return RpcCode.INVALID_ARGUMENT;
  return rpcCodeByCallStatus[callStatus(outcome)] ?? RpcCode.UNKNOWN;
}

/** Where no answer came, Envoy makes one up: 504 for a timeout, else 503. */
function callStatus(outcome: ControllerUnavailable): number {
  if (outcome.httpStatus !== 0) return outcome.httpStatus;
  return outcome.reason === 'timeout' ? 504 : 503;
}

const rpcCodeByCallStatus: Readonly<Record<number, RpcCode>> = {
  400: RpcCode.INTERNAL,
  401: RpcCode.UNAUTHENTICATED,
  403: RpcCode.PERMISSION_DENIED,
  404: RpcCode.UNIMPLEMENTED,
  429: RpcCode.UNAVAILABLE,
  502: RpcCode.UNAVAILABLE,
  503: RpcCode.UNAVAILABLE,
  504: RpcCode.UNAVAILABLE,
};

function failedCallText(outcome: ControllerUnavailable): string {
  if (outcome.reason === 'token' || outcome.reason === 'malformed') return outcome.message;
  const body = outcome.message === '' ? '' : ` and body: ${outcome.message}`;
  return `Calling Google Service Control API failed with: ${callStatus(outcome)}${body}`;
}

const quotaErrors: Readonly<Record<string, RpcCode>> = {
  RESOURCE_EXHAUSTED: RpcCode.RESOURCE_EXHAUSTED,
  BILLING_NOT_ACTIVE: RpcCode.PERMISSION_DENIED,
  PROJECT_DELETED: RpcCode.INVALID_ARGUMENT,
  API_KEY_INVALID: RpcCode.INVALID_ARGUMENT,
  API_KEY_EXPIRED: RpcCode.INVALID_ARGUMENT,
};

/** A rejection of the service control filter: the canonical name goes before the text. */
function denial(rpcCode: RpcCode, reason: string, details: string): LocalReply {
  return reply(rpcCodeToHttpStatus(rpcCode), `${rpcCodeName(rpcCode)}: ${reason}`, details, {
    rpcCode,
    reason,
    cause: 'service_control',
    responseFlags: 'UAEX',
  });
}

function reply(
  httpStatus: number,
  message: string,
  responseCodeDetails: string,
  more: Partial<LocalReplyParts> = {},
): LocalReply {
  return createLocalReply({
    httpStatus,
    message,
    responseCodeDetails,
    rpcCode: rpcCodeByHttpStatus[httpStatus] ?? RpcCode.UNKNOWN,
    // Envoy closes HTTP/1 connections after every 400 of its own.
    closeConnection: httpStatus === 400,
    ...more,
  });
}

const rpcCodeByHttpStatus: Readonly<Record<number, RpcCode>> = {
  400: RpcCode.INVALID_ARGUMENT,
  401: RpcCode.UNAUTHENTICATED,
  403: RpcCode.PERMISSION_DENIED,
  404: RpcCode.NOT_FOUND,
  405: RpcCode.UNIMPLEMENTED,
  500: RpcCode.INTERNAL,
  501: RpcCode.UNIMPLEMENTED,
  503: RpcCode.UNAVAILABLE,
};

const maxRealmPathBytes = 256;

function realm(exchange: Exchange): string {
  const target = exchange.query === undefined ? exchange.path : `${exchange.path}?${exchange.query}`;
  return `${exchange.scheme}://${exchange.authority}${target.slice(0, maxRealmPathBytes)}`;
}
