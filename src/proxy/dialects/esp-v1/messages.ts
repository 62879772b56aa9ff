import { httpStatusToRpcCode, RpcCode, rpcCodeName, rpcCodeToHttpStatus } from '../../../core/status.ts';
import type { ControllerUnavailable } from '../../../service-control/service-controller.ts';
import type { Exchange } from '../../exchange.ts';
import { createLocalReply } from '../../local-reply.ts';
import type { LocalReply, LocalReplyParts } from '../../local-reply.ts';
import { checkErrorNumber } from '../check-error-code.ts';
import type { CheckDenied, CodecFault, QuotaDenied } from '../dialect.ts';
import type { PathRejection } from '../../routing/normalize-path.ts';
import type { PathRewriteRejection } from '../../routing/rewrite-path.ts';
import { missingKeyText } from '../missing-key-text.ts';
import { checkErrors, unsupportedCheckError } from './check-errors.ts';
import { nodeHttp } from '../../../protocol/http/node-http.ts';

/** nginx answers itself, and ESP puts the name of the status into its own body. */
export function codecRejection(fault: CodecFault): LocalReply {
  const name = (nodeHttp.STATUS_CODES[fault.status] ?? 'BAD_REQUEST').toUpperCase().replace(/[^A-Z]+/g, '_');
  return nginx(fault.status, httpStatusToRpcCode(fault.status), name, fault.details);
}

/** nginx refuses with 400 what it cannot normalise; it never redirects to a plainer path. */
export function pathRejected(rejection: PathRejection): LocalReply {
  return nginx(400, RpcCode.INVALID_ARGUMENT, 'BAD_REQUEST', rejection.responseCodeDetails);
}

export function rewriteRejected(rejection: PathRewriteRejection): LocalReply {
  return failure(RpcCode.INVALID_ARGUMENT, rejection.message, 'internal', rejection.responseCodeDetails);
}

/** ESP v1 does not start without a config; this process may. */
export function notReady(): LocalReply {
  return nginx(503, RpcCode.UNAVAILABLE, 'SERVICE_UNAVAILABLE', 'no_service_config');
}

/** nginx `return 200`: no body. */
export function healthy(): LocalReply {
  return createLocalReply({
    httpStatus: 200,
    rpcCode: RpcCode.OK,
    message: '',
    body: '',
    responseCodeDetails: 'health_check_ok',
  });
}

/** Also for a known path with another verb. OPTIONS is taken for a preflight that the service does not allow. */
export function notFound(exchange: Exchange): LocalReply {
  return exchange.method === 'OPTIONS'
    ? corsRejected()
    : failure(RpcCode.NOT_FOUND, 'Method does not exist.', 'service_control', 'method_not_found');
}

export function corsRejected(): LocalReply {
  return failure(
    RpcCode.PERMISSION_DENIED,
    'The service does not allow CORS traffic.',
    'service_control',
    'cors_not_allowed',
  );
}

export function jwtMissing(): LocalReply {
  return failure(
    RpcCode.UNAUTHENTICATED,
    'JWT validation failed: Missing or invalid credentials',
    'auth',
    'jwt_authn_access_denied{Jwt_is_missing}',
    { headers: ['www-authenticate', 'Bearer'] },
  );
}

/** Fails closed: what cannot be verified does not pass. */
export function jwtUnsupported(): LocalReply {
  return failure(
    RpcCode.UNIMPLEMENTED,
    'JWT authentication is not available in this version',
    'auth',
    'jwt_authn_not_available',
    { headers: ['www-authenticate', 'Bearer, error="invalid_token"'] },
  );
}

export function missingApiKey(): LocalReply {
  return failure(
    RpcCode.UNAUTHENTICATED,
    missingKeyText,
    'service_control',
    'service_control_bad_request{MISSING_API_KEY}',
  );
}

export function checkDenied(outcome: CheckDenied, exchange: Exchange): LocalReply {
  const { rpcCode, message } =
    checkErrors[outcome.code] ?? unsupportedCheckError(checkErrorNumber(outcome.code));
  return failure(
    rpcCode,
    message.replace('{service}', exchange.snapshot.serviceName),
    'service_control',
    `service_control_check_error{${outcome.code}}`,
  );
}

/** 5xx keeps its kind, everything else becomes 500. Source: esp service_control/aggregated.cc, Aggregated::Call. */
export function checkUnavailable(outcome: ControllerUnavailable): LocalReply {
  const { httpStatus, reason } = outcome;
  const hasAnswer = httpStatus !== 0 || reason === 'token';
  const rpcCode = hasAnswer ? (rpcCodeByCallStatus[httpStatus] ?? RpcCode.INTERNAL) : RpcCode.UNAVAILABLE;
  const details = `service_control_check_network_failure{${rpcCodeName(rpcCode)}}`;
  return failure(rpcCode, outcome.message, reason === 'token' ? 'internal' : 'service_control', details);
}

const rpcCodeByCallStatus: Readonly<Record<number, RpcCode>> = {
  501: RpcCode.UNIMPLEMENTED,
  503: RpcCode.UNAVAILABLE,
  504: RpcCode.DEADLINE_EXCEEDED,
};

/** Quota errors carry no cause in v1, so it prints `internal`. */
export function quotaDenied(outcome: QuotaDenied): LocalReply {
  const rpcCode = quotaErrors[outcome.code] ?? RpcCode.INTERNAL;
  return failure(rpcCode, outcome.description, 'internal', `service_control_quota_error{${outcome.code}}`);
}

const quotaErrors: Readonly<Record<string, RpcCode>> = {
  RESOURCE_EXHAUSTED: RpcCode.RESOURCE_EXHAUSTED,
  BILLING_NOT_ACTIVE: RpcCode.PERMISSION_DENIED,
  PROJECT_DELETED: RpcCode.INVALID_ARGUMENT,
  API_KEY_INVALID: RpcCode.INVALID_ARGUMENT,
  API_KEY_EXPIRED: RpcCode.INVALID_ARGUMENT,
};

export function internalError(): LocalReply {
  return failure(RpcCode.INTERNAL, 'INTERNAL_SERVER_ERROR', 'internal', 'internal_error');
}

/** What nginx made and ESP rewrote: the message is the name of the status. */
function nginx(
  httpStatus: number,
  rpcCode: RpcCode,
  message: string,
  responseCodeDetails: string,
): LocalReply {
  return createLocalReply({
    httpStatus,
    rpcCode,
    message,
    responseCodeDetails,
    cause: 'application',
    closeConnection: true,
  });
}

function failure(
  rpcCode: RpcCode,
  message: string,
  cause: LocalReply['cause'],
  responseCodeDetails: string,
  more: Partial<LocalReplyParts> = {},
): LocalReply {
  return createLocalReply({
    httpStatus: rpcCodeToHttpStatus(rpcCode),
    rpcCode,
    message,
    cause,
    responseCodeDetails,
    ...more,
  });
}
